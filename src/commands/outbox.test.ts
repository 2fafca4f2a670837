import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../test/amocrm-sandbox/sandbox.ts'
import { checkConfig, loadConfig } from '../config/load.ts'
import { createDeadLetters } from '../outbox/dead-letters.ts'
import { createControlDesk } from '../service/control/control-desk.ts'
import { controlSocketPath, openControlSocket } from '../service/control/control-socket.ts'
import { crmTokens } from '../service/crm-tokens.ts'
import type { Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import type { CommandIo } from './command.ts'
import { crmCommand } from './crm.ts'
import { outboxCommand } from './outbox.ts'

const log = pino({ level: 'silent' })
const { signal } = new AbortController()
let directory: string
let file: string
let sandbox: Sandbox

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cw-outbox-'))
  file = join(directory, 'config.json')
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
  const { id, secret, redirectUri } = sandbox.oauth.client
  const oauth = { clientId: id, clientSecret: secret, redirectUri }
  await write({ url: sandbox.url, oauth })
})
afterEach(async () => {
  await sandbox[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

async function write(crm: object): Promise<void> {
  const config = { service: { directory }, asterisk: { ari: { password: 'p' } }, crm }
  checkConfig(config, file)
  await writeFile(file, JSON.stringify(config))
}
const open = () => openStore({ file: join(directory, 'callweave.db'), lingerMs: 0 })

/** Two refused jobs of one call, one behind the other. */
async function refuse(store: Store): Promise<void> {
  const job = { kind: 'note', lane: 'a', urgency: 'live', payload: {} } as const
  await store.outbox.add([
    { ...job, key: 'main/1:lead' },
    { ...job, key: 'main/1:note', after: 'main/1:lead' },
  ])
  await store.outbox.change([{ key: 'main/1:lead', state: 'dead', reason: 'status_id: \u001b[31mno such\nstage' }])
}

/** What the service does beside its calls. */
async function serve(store: Store): Promise<AsyncDisposable & { readonly woken: () => number }> {
  let woken = 0
  const config = loadConfig(file)
  const pace = { run: <T>(_urgency: unknown, request: () => Promise<T>) => request() }
  const desk = createControlDesk({
    store: store.outbox,
    letters: createDeadLetters(store.outbox, Date.now),
    tokens: crmTokens(config, { pace, now: Date.now, log }),
    wake: () => void woken++,
  })
  const socket = await openControlSocket(directory, desk, log)
  return { woken: () => woken, [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose]() }
}

async function run(command: (args: readonly string[], io: CommandIo) => Promise<number>, ...args: string[]) {
  const said = { out: '', err: '' }
  const into = (where: 'out' | 'err') => ({
    write: (text: string) => {
      said[where] += text
    },
  })
  const io = { stdout: into('out'), stderr: into('err'), signal }
  const code = await command([...args, '--config', file], io)
  return { code, ...said }
}

describe('given a service that is stopped', () => {
  test('when asked, then the state itself is looked at and changed', async () => {
    await using store = await open()
    await refuse(store)
    await store[Symbol.asyncDispose]()
    const shown = await run(outboxCommand, '--dead')
    expect(shown.code).toBe(0)
    expect(shown.out).toContain('dead 2')
    expect(shown.out).toContain('main/1:lead  note  status_id:  [31mno such stage\n')
    expect((await run(outboxCommand, '--retry', 'main/1:note')).out).toBe(
      'main/1:lead: waits again\nmain/1:note: waits again\n',
    )
    expect((await run(outboxCommand)).out).toMatch(/^waiting 2, .*dead 0, oldest since 20/)
    expect((await run(outboxCommand, '--retry-all')).out).toBe('nothing was refused\n')
  })

  test('when authorised, then the pair is there for the next start', async () => {
    const { code, out } = await run(
      crmCommand,
      'authorise',
      '--code',
      sandbox.oauth.issueCode({ user: 7000001, admin: true }),
    )
    expect([code, out]).toEqual([0, `${new URL(sandbox.url).host} has authorised this integration\n`])
    expect((await stat(join(directory, 'crm-tokens.json'))).mode & 0o777).toBe(0o600)
  })
})

describe('given a service that runs', () => {
  test('when asked, then the service does it, and its lock is left alone', async () => {
    await using store = await open()
    await refuse(store)
    await using served = await serve(store)
    expect((await stat(controlSocketPath(directory))).mode & 0o777).toBe(0o600)
    expect(JSON.parse((await run(outboxCommand, '--json')).out).dead).toHaveLength(2)
    expect((await run(outboxCommand, '--retry', 'main/1:lead')).code).toBe(0)
    expect((await store.outbox.counts()).waiting).toBe(2)
    expect(served.woken()).toBe(1)
    await store.outbox.change([{ key: 'main/1:lead', state: 'dead', reason: 'again' }])
    expect((await run(outboxCommand, '--drop', 'main/1:lead')).out).toContain('main/1:note: given up')
    const unknown = await run(outboxCommand, '--drop', 'main/9:note')
    expect([unknown.code, unknown.err]).toEqual([1, 'main/9:note: not among the refused jobs\n'])
  })

  test('when a code is wrong, then that is said; with a right one the service has its tokens', async () => {
    await using store = await open()
    await using _served = await serve(store)
    const wrong = await run(crmCommand, 'authorise', '--code', 'nonsense')
    expect([wrong.code, wrong.err]).toEqual([
      1,
      'callweave: the CRM does not take the authorisation: 400 Cannot decrypt the authorization code\n',
    ])
    const code = sandbox.oauth.issueCode({ user: 7000001, admin: true })
    expect((await run(crmCommand, 'authorise', '--code', code)).code).toBe(0)
  })

  test('when it works with a long-lived token, then there is nothing to authorise', async () => {
    await write({ url: sandbox.url, token: sandbox.token })
    await using store = await open()
    await using _served = await serve(store)
    const { code, err } = await run(crmCommand, 'authorise', '--code', 'x')
    expect([code, err]).toEqual([1, expect.stringContaining('a long-lived token goes into crm.token')])
  })

  test('when its door is gone though it lives, then the command says who has the state', async () => {
    await using _store = await open()
    const { code, err } = await run(outboxCommand)
    expect([code, err]).toEqual([1, expect.stringContaining(`in use by process ${process.pid}`)])
  })

  test('after one that was killed, the next opens its door all the same', async () => {
    await using store = await open()
    await writeFile(controlSocketPath(directory), '')
    await using _served = await serve(store)
    expect((await run(outboxCommand)).code).toBe(0)
  })
})

test('given wrong usage, then it is told', async () => {
  expect((await run(outboxCommand, '--retry', 'a', '--drop', 'b')).code).toBe(2)
  expect((await run(crmCommand)).code).toBe(2)
  expect((await run(crmCommand, 'authorise')).code).toBe(2)
})
