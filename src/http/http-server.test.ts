import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { pino } from 'pino'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createCardBoard } from '../cards/card-board.ts'
import { createCardSocket } from '../cards/card-socket.ts'
import { type CertificateFiles, readCertificate } from './certificate.ts'
import { openDoor } from './http-door.ts'
import { type HttpServer, openHttp } from './http-server.ts'
import { isHome } from './networks.ts'
import { statusRouter } from './status-router.ts'

const log = pino({ level: 'silent' })
const opened = new AsyncDisposableStack()
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
})
const sockets: WebSocket[] = []
afterAll(() => opened.disposeAsync())

async function open(): Promise<HttpServer> {
  const board = createCardBoard()
  const door = createCardSocket({
    authenticate: (token) => (token === 'opens-101' ? '101' : undefined),
    welcome: board.welcome,
    log,
  })
  const server = await openHttp({
    host: '127.0.0.1',
    port: 0,
    routers: [
      statusRouter({
        status: async () => ({ asterisk: { connected: true } }),
        ready: () => ({ ready: false, why: 'starting' }),
        metrics: async () => ({ text: 'callweave_calls_live 0\n', type: 'text/plain' }),
        administrators: (ctx) => ctx.throw(401),
        token: () => undefined,
      }),
    ],
    sockets: { '/crm/cardws': door },
    log,
  })
  opened.use(door)
  return opened.use(server)
}

async function say(port: number, text: string): Promise<{ messages: unknown[]; code: number | undefined }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/crm/cardws`)
  sockets.push(socket)
  const messages: unknown[] = []
  const { promise, resolve } = Promise.withResolvers<{ messages: unknown[]; code: number | undefined }>()
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)))
    resolve({ messages, code: undefined })
  })
  socket.on('close', (code) => resolve({ messages, code }))
  socket.on('open', () => socket.send(text))
  return promise
}

test('given a person’s token, when a browser says hello, then it gets all its cards', async () => {
  const { port } = await open()
  const { messages } = await say(port, JSON.stringify({ type: 'hello', token: 'opens-101' }))
  expect(messages).toEqual([{ type: 'welcome', seq: 0, extension: '101', cards: [] }])
})

test('given a wrong token or no hello at all, when a browser connects, then the door closes with a reason', async () => {
  const { port } = await open()
  expect(await say(port, JSON.stringify({ type: 'hello', token: 'guess' }))).toEqual({ messages: [], code: 4001 })
  expect(await say(port, 'not json')).toEqual({ messages: [], code: 4001 })
  expect(await say(port, 'x'.repeat(5_000))).toEqual({ messages: [], code: 1009 })
})

test('given the status, when a branch is asked for, then only it is told', async () => {
  const { port } = await open()
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`)
    return [answer.status, await answer.json()]
  }
  expect(await ask('/status?path=asterisk.connected')).toEqual([200, true])
  expect(await ask('/status?path=__proto__')).toMatchObject([404, { code: 'not-found' }])
  expect(await ask('/readyz')).toEqual([503, { ready: false, why: 'starting' }])
  expect(await ask('/healthz')).toEqual([200, { alive: true }])
  expect(await ask('/nothing')).toMatchObject([404, { code: 'not-found' }])
})

test('given garbage instead of HTTP, when it arrives, then it gets a 400 and the door stays open', async () => {
  const { port } = await open()
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end('\u0000\u0001garbage\r\n\r\n'))
    socket.on('data', (data) => resolve(String(data)))
  })
  expect(answer).toContain('400 Bad Request')
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
})

test('given a stranger who asks for an upgrade and resets, when refused, then the process lives', async () => {
  const { port } = await open()
  for (let time = 0; time < 20; time++) {
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write('GET /nope HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
        socket.resetAndDestroy()
      })
      socket.on('error', () => undefined)
      socket.on('close', () => resolve())
    })
  }
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
})

test('given browsers with cards open and a stranger who never lets go, when the door closes, then it closes at once', async () => {
  const own = new AsyncDisposableStack()
  const door = createCardSocket({ authenticate: () => '101', welcome: createCardBoard().welcome, log })
  own.use(door)
  const server = own.use(
    await openHttp({ host: '127.0.0.1', port: 0, routers: [], sockets: { '/crm/cardws': door }, log }),
  )
  await say(server.port, JSON.stringify({ type: 'hello', token: 'any' }))
  const stranger = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
  stranger.on('error', () => undefined)
  stranger.write('GET /nope HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  await new Promise((resolve) => stranger.once('data', resolve))
  const closed = await Promise.race([own.disposeAsync().then(() => 'closed'), sleep(2_000, 'hangs')])
  stranger.destroy()
  expect(closed).toBe('closed')
})

test('given a port that is taken, when opened, then the cure is told', async () => {
  const { port } = await open()
  const second = openHttp({ host: '127.0.0.1', port, routers: [], sockets: {}, log })
  await expect(second).rejects.toThrow(/is taken by another program/)
})

test('given a certificate, when it is renewed, then the secure door serves the new one without a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'callweave-tls-'))
  const files = { certificate: join(directory, 'cert.pem'), key: join(directory, 'key.pem') }
  issue(files, 'old.example')
  const answer: RequestListener = (_request, response) => void response.end()
  const door = opened.use(
    await openDoor({ host: '127.0.0.1', port: 0, certificate: files, certificateLookMs: 20, answer, sockets: {}, log }),
  )
  expect(await servedName(door.port)).toBe('old.example')
  writeFileSync(files.certificate, 'half a certificate')
  expect(() => readCertificate(files)).toThrow(/are not a certificate and its key/)
  issue(files, 'new.example')
  await vi.waitFor(async () => expect(await servedName(door.port)).toBe('new.example'), { timeout: 5_000 })
})

test('given certificate files that cannot be used, when the door is opened, then the cure is told', () => {
  const files = { certificate: '/nowhere/cert.pem', key: '/nowhere/key.pem' }
  expect(() => readCertificate(files)).toThrow('/nowhere/cert.pem cannot be read (ENOENT); set webserver.https')
})

test('given addresses, when asked, then only the own network is home', () => {
  expect(['127.0.0.1', '::1', '::ffff:192.168.1.5', '10.1.2.3', 'fd00::1'].map(isHome)).toEqual([
    true,
    true,
    true,
    true,
    true,
  ])
  expect(['8.8.8.8', '172.32.0.1', '2001:db8::1', undefined].map(isHome)).toEqual([false, false, false, false])
})

function issue({ certificate, key }: CertificateFiles, name: string): void {
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30']
  execFileSync('openssl', ['req', '-x509', ...kind, '-subj', `/CN=${name}`, '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  })
}

async function servedName(port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
    resolve(String(socket.getPeerCertificate().subject.CN))
    socket.destroy()
  })
  socket.on('error', reject)
  return promise
}
