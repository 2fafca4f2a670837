import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHttp } from '../../http/http-server.ts'
import { statusRouter } from '../../http/status-router.ts'
import { portCheck } from './port-check.ts'

const host = '127.0.0.1'
const { signal } = new AbortController()
const folder = mkdtempSync(join(tmpdir(), 'callweave-ports-'))
const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
beforeAll(() => {
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=pbx']
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', files.key, '-out', files.certificate], {
    stdio: 'ignore',
  })
})
afterAll(() => rmSync(folder, { recursive: true }))

async function said(port: number, securePort?: number): Promise<readonly string[]> {
  const https = securePort === undefined ? undefined : { ...files, port: securePort }
  const found = await portCheck({ host, port, administrators: [], https })(signal)
  return found.map(({ level, says, cure }) => [level, says, cure].filter((part) => part !== undefined).join(' | '))
}

/** A program that is not Callweave and says nothing. */
async function stranger(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => void socket.end())
  await new Promise<void>((resolve) => server.listen(0, host, () => resolve()))
  const address = server.address()
  return { server, port: typeof address === 'object' ? (address?.port ?? 0) : 0 }
}

describe('given the ports of the configuration', () => {
  test('when both are free, then both are told', async () => {
    const [plain, secure] = [await stranger(), await stranger()]
    for (const { server } of [plain, secure]) await new Promise((resolve) => server.close(resolve))
    expect(await said(plain.port, secure.port)).toEqual([`ok | ${plain.port} is free`, `ok | ${secure.port} is free`])
    expect(await said(plain.port)).toEqual([`ok | ${plain.port} is free`])
  })

  test('when another program has the secure one, then its own key is in the cure', async () => {
    const { server, port } = await stranger()
    const found = (await said(0, port)).at(-1)
    server.close()
    expect(found).toMatch(`failure | ${port} cannot be opened on 127.0.0.1`)
    expect(found).toMatch(/or set webserver\.https\.port$/)
  })

  test('when a running Callweave has them, then all is well', async () => {
    const log = pino({ level: 'silent' })
    const routers = [
      statusRouter({
        metrics: async () => ({ text: '', type: 'text/plain' }),
        administrators: (ctx) => ctx.throw(401),
        token: () => undefined,
        status: async () => ({}),
        ready: () => ({ ready: true, why: '' }),
      }),
    ]
    await using running = await openHttp({ host, port: 0, https: { ...files, port: 0 }, routers, sockets: {}, log })
    const { port, securePort = 0 } = running
    expect(await said(port, securePort)).toEqual([
      `ok | ${port} is served by a running Callweave`,
      `ok | ${securePort} is served by a running Callweave`,
    ])
  })
})
