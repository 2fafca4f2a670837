import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { type AddressInfo, createServer as createSocket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHttp } from '../../src/http/http-server.ts'
import { httpsSource } from '../../src/recordings/https-source.ts'
import { createRecordings } from '../../src/recordings/recordings.ts'
import { sftpSource } from '../../src/recordings/sftp-source.ts'
import type { RecordingSource } from '../../src/recordings/source.ts'
import { toneWav } from '../lab/tone.ts'
import { eventually } from '../stage/stage.ts'

const run = promisify(execFile)
const opened = new AsyncDisposableStack()
const log = pino({ level: 'silent' })
const never = new AbortController().signal
const NAME = 'in-7001-+79221532327-20261120-113000-1795164754.2.wav'

let directory: string
let spool: string
let sftp: {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly key: string
  readonly knownHosts: string
}
let ca: string
let webPort: number

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'callweave-sources-'))
  opened.defer(() => rm(directory, { recursive: true, force: true }))
  spool = join(directory, 'monitor')
  await mkdir(join(spool, '2026/11/20'), { recursive: true })
  await writeFile(join(spool, '2026/11/20', NAME), toneWav(5, 400))
  await writeFile(join(directory, 'secret.wav'), toneWav(1, 400))
  sftp = await startSshd()
  webPort = await startWeb()
})
afterAll(() => opened.disposeAsync())

/** A real OpenSSH server of our own on loopback, without root's help. */
async function startSshd(): Promise<typeof sftp> {
  const [hostKey, key, conf, knownHosts] = ['host-key', 'key', 'sshd_config', 'known-hosts'].map((name) =>
    join(directory, name),
  )
  if (!hostKey || !key || !conf || !knownHosts) throw new Error('unreachable')
  for (const file of [hostKey, key]) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
  const port = await freePort()
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${key}.pub`,
    ...[
      'PasswordAuthentication no',
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
      'PermitRootLogin prohibit-password',
    ],
    'Subsystem sftp internal-sftp',
  ]
  await writeFile(conf, `${lines.join('\n')}\n`)
  await writeFile(knownHosts, `[127.0.0.1]:${port} ${await readFile(`${hostKey}.pub`, 'utf8')}`)
  // Root's sshd wants its empty folder; the package's own service would make it.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true })
  const child: ChildProcess = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', conf], { stdio: ['ignore', 'ignore', 'pipe'] })
  opened.defer(async () => {
    child.kill()
    if (child.exitCode === null) await once(child, 'exit')
  })
  let words = ''
  child.stderr?.on('data', (data) => {
    words += data
  })
  await eventually(() => words.includes('Server listening'), 5_000, 'sshd does not listen')
  return { host: '127.0.0.1', port, user: userInfo().username, key, knownHosts }
}

/** A web server with a certificate of a private authority, which wants a password. */
async function startWeb(): Promise<number> {
  ca = join(directory, 'cert.pem')
  const key = join(directory, 'cert-key.pem')
  const kind = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
  ]
  await run('openssl', ['req', '-x509', ...kind, '-subj', '/CN=127.0.0.1', '-keyout', key, '-out', ca])
  const server = createServer({ cert: await readFile(ca), key: await readFile(key) }, async (request, response) => {
    if (request.headers.authorization !== `Basic ${btoa('callweave:s3cret')}`) return response.writeHead(401).end()
    const path = decodeURIComponent(request.url ?? '').replace('/rec/', '')
    const body = await readFile(join(spool, path)).catch(() => undefined)
    if (!body) return response.writeHead(404).end()
    response.writeHead(200, { 'content-length': body.length }).end(request.method === 'HEAD' ? undefined : body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.defer(async () => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function freePort(): Promise<number> {
  const server = createSocket().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

const web = (changes: Partial<Parameters<typeof httpsSource>[0]> = {}) =>
  httpsSource({
    url: `https://127.0.0.1:${webPort}/rec/{path}`,
    user: 'callweave',
    password: 's3cret',
    ca,
    directories: [spool],
    ...changes,
  })

/** Serves one call's recording from a source, and answers what a listener gets. */
async function listen(source: RecordingSource): Promise<Response> {
  await using parts = new AsyncDisposableStack()
  const state = await mkdtemp(join(directory, 'state-'))
  const now = Date.now
  const call = {
    id: '1795164754.2',
    linkedids: ['1795164754.2'],
    startedAt: now() - 9e5,
    endedAt: now() - 8e5,
    answered: true,
    client: '',
    line: '',
    recordings: [NAME],
  }
  const recordings = parts.use(
    await createRecordings({
      settings: {
        ...{
          pbx: 'p',
          publicUrl: 'http://127.0.0.1:1',
          storageLink: undefined,
          timeZone: 'UTC',
          origin: 'https://acme.amocrm.ru',
        },
        ...{
          directory: spool,
          otherDirectories: [],
          path: '{directory}/{year}/{month}/{day}/{file}',
          stableSeconds: 1,
          waitSeconds: 60,
        },
        ...{
          converter: 'auto',
          convertSeconds: 30,
          stateDirectory: state,
          cacheDirectory: join(state, 'cache'),
          cacheBytes: 1e8,
        },
      },
      source,
      recordingFilesOf: async () => [],
      callOf: async () => call,
      log,
      now,
    }),
  )
  const http = parts.use(await openHttp({ host: '127.0.0.1', port: 0, routers: [recordings.router], sockets: {}, log }))
  const link = new URL(recordings.link(call) ?? '')
  link.port = String(http.port)
  const answer = await fetch(link)
  return new Response(await answer.arrayBuffer(), answer)
}

async function expectHeard(source: RecordingSource): Promise<void> {
  const answer = await listen(source)
  expect(answer.status).toBe(200)
  const [mp3, wav] = [join(directory, 'heard.mp3'), join(directory, 'heard.wav')]
  await writeFile(mp3, Buffer.from(await answer.arrayBuffer()))
  await run('lame', ['--quiet', '--decode', mp3, wav])
  expect(Math.abs(Number((await run('soxi', ['-D', wav])).stdout) - 5)).toBeLessThan(0.5)
}

test('given a recording on the PBX, when fetched by SFTP, then it is heard', async () => {
  await expectHeard(sftpSource(sftp))
  const source = sftpSource(sftp)
  expect(await source.look([join(spool, 'none *.wav')], never)).toBeUndefined()
  expect(await source.look([spool], never)).toBeUndefined()
  const path = join(spool, '2026/11/20', NAME)
  expect(await source.look([join(spool, 'none.wav'), path], never)).toMatchObject({ path, bytes: 80_044 })
})

test('given a wrong host key or a key that nobody knows, when fetched by SFTP, then it is refused with the cure', async () => {
  const path = join(spool, '2026/11/20', NAME)
  const empty = join(directory, 'no-hosts')
  await writeFile(empty, '')
  await expect(sftpSource({ ...sftp, knownHosts: empty }).look([path], never)).rejects.toThrow(
    /recordings\.sftp\.knownHosts/,
  )
  const stranger = join(directory, 'stranger')
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger])
  await expect(sftpSource({ ...sftp, key: stranger }).look([path], never)).rejects.toThrow(/authorized_keys/)
  await expect(sftpSource({ ...sftp, port: await freePort() }).look([path], never)).rejects.toThrow(
    /check recordings\.sftp/,
  )
  expect((await listen(sftpSource({ ...sftp, knownHosts: empty }))).status).toBe(503)
})

test('given a recording behind HTTPS, when fetched, then it is heard; a wrong password or authority is told', async () => {
  await expectHeard(web())
  const path = join(spool, '2026/11/20', NAME)
  await expect(web({ password: 'wrong' }).look([path], never)).rejects.toThrow(/recordings\.https\.user/)
  await expect(web({ ca: undefined }).look([path], never)).rejects.toThrow(/self-signed certificate/)
  expect(await web().look([join(directory, 'secret.wav')], never)).toBeUndefined()
})
