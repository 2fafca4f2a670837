import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { Secret } from '../config/secret.ts'
import { administratorsOnly } from './administrators.ts'
import { digestSecret } from './digest.ts'
import { openHttp } from './http-server.ts'
import { statusRouter } from './status-router.ts'

const run = promisify(execFile)
const log = pino({ level: 'silent' })
const opened = new AsyncDisposableStack()
afterAll(() => opened.disposeAsync())

/** The door as somebody sees it who is, or is not, of the own network. */
async function door(home: boolean, token?: string) {
  const { md5, sha256 } = digestSecret('admin', 'long-enough')
  const administrators = administratorsOnly({
    administrators: () => [{ login: 'admin', digest: { md5: new Secret(md5), sha256: new Secret(sha256) } }],
    log,
    now: Date.now,
  })
  const router = statusRouter({
    status: async () => ({ asterisk: { state: 'up' } }),
    ready: () => ({ ready: true, why: '' }),
    metrics: async () => ({ text: 'callweave_calls_live 0\n', type: 'text/plain; version=0.0.4; charset=utf-8' }),
    administrators,
    token: () => (token === undefined ? undefined : new Secret(token)),
    home: () => home,
  })
  const { port } = opened.use(await openHttp({ host: '127.0.0.1', port: 0, routers: [router], sockets: {}, log }))
  const curl = async (path: string, ...args: readonly string[]) =>
    (await run('curl', ['-s', '-w', ' %{http_code}', ...args, `http://127.0.0.1:${port}${path}`])).stdout
  return curl
}

const pages = ['/healthz', '/readyz', '/status', '/metrics']

test('given somebody of the own network, when a page is asked for, then it is shown without a login', async () => {
  const curl = await door(true)
  for (const page of pages) expect(await curl(page)).toMatch(/ 200$/)
  expect(await curl('/metrics')).toBe('callweave_calls_live 0\n 200')
})

test('given somebody from outside, when a page is asked for, then an administrator sees it by HTTP Digest and nobody else does', async () => {
  const curl = await door(false, 'a-token-for-monitoring')
  for (const page of pages) {
    expect(await curl(page)).toMatch(/ 401$/)
    expect(await curl(page, '--digest', '-u', 'admin:long-enough')).toMatch(/ 200$/)
  }
  expect(await curl('/status?path=asterisk.state', '--digest', '-u', 'admin:long-enough')).toBe('"up" 200')
  expect(await curl('/status', '--digest', '-u', 'admin:wrong')).toMatch(/ 401$/)
})

test('given a token, when it is sent, then it opens; another one, or one where none is set, does not', async () => {
  const bearer = (token: string) => ['-H', `Authorization: Bearer ${token}`] as const
  const curl = await door(false, 'a-token-for-monitoring')
  expect(await curl('/metrics', ...bearer('a-token-for-monitoring'))).toMatch(/ 200$/)
  expect(await curl('/metrics', ...bearer('another-token'))).toMatch(/ 401$/)
  expect(await (await door(false))('/metrics', ...bearer('a-token-for-monitoring'))).toMatch(/ 401$/)
})
