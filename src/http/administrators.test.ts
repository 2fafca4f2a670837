import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import Router from 'koa-router'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { Secret } from '../config/secret.ts'
import { type Administrator, administratorsOnly } from './administrators.ts'
import { digestSecret } from './digest.ts'
import { openHttp } from './http-server.ts'

const run = promisify(execFile)
const opened = new AsyncDisposableStack()
afterAll(() => opened.disposeAsync())

function administrator(login: string, password: string): Administrator {
  const { md5, sha256 } = digestSecret(login, password)
  return { login, digest: { md5: new Secret(md5), sha256: new Secret(sha256) } }
}

async function door(administrators: Administrator[]) {
  const told: string[] = []
  const clock = { now: 1_800_000_000_000 }
  const log = pino({ level: 'info' }, { write: (line: string) => void told.push(line) })
  const router = new Router()
  router.use(administratorsOnly({ administrators: () => administrators, log, now: () => clock.now }))
  router.get('/guarded', (ctx) => {
    ctx.body = ctx.state['administrator']
  })
  const server = await openHttp({ host: '127.0.0.1', port: 0, routers: [router], sockets: {}, log })
  opened.use(server)
  const curl = async (...args: readonly string[]) =>
    (await run('curl', ['-s', '-w', ' %{http_code}', ...args, `http://127.0.0.1:${server.port}/guarded`])).stdout
  return { told, clock, curl, administrators, port: server.port }
}

test('given an administrator, when curl --digest logs in, then the login is known; with another password, then it is refused and logged without it', async () => {
  const { curl, told } = await door([administrator('admin', 'long-enough')])
  expect(await curl('--digest', '-u', 'admin:long-enough')).toBe('admin 200')
  expect(told).toEqual([])
  expect(await curl('--digest', '-u', 'admin:wrong-one')).toMatch(/"code":"unauthorised".* 401$/)
  expect(told.join()).toContain('a login of an administrator was refused')
  expect(told.join()).not.toMatch(/wrong-one|response=/)
})

test('given nobody logged in, when asked, then both algorithms are offered', async () => {
  const { port } = await door([administrator('admin', 'long-enough')])
  const answer = await fetch(`http://127.0.0.1:${port}/guarded`)
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toMatch(/algorithm=SHA-256.*algorithm=MD5/)
})

test('given administrators without a password for Digest, when asked, then the cure is told; one made meanwhile opens at once', async () => {
  const { curl, administrators } = await door([{ login: 'admin' }])
  expect(await curl('--digest', '-u', 'admin:long-enough')).toMatch(/callweave setup --password LOGIN.* 401$/)
  administrators.push(administrator('anna', 'long-enough'))
  expect(await curl('--digest', '-u', 'anna:long-enough')).toBe('anna 200')
})

test('given ten wrong tries within a minute, when tried again, then nobody from there is let in until the minute is over', async () => {
  const { curl, clock } = await door([administrator('admin', 'long-enough')])
  for (let time = 0; time < 10; time++) await curl('--digest', '-u', 'admin:wrong')
  expect(await curl('--digest', '-u', 'admin:long-enough')).toMatch(/"code":"too-many-requests".* 429$/)
  clock.now += 60_000
  expect(await curl('--digest', '-u', 'admin:long-enough')).toBe('admin 200')
})
