import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { connectedCrm } from '../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../test/amocrm-sandbox/sandbox.ts'
import type { Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { type ContactIndexSync, createContactIndexSync } from './contact-index-sync.ts'

const { signal } = new AbortController()

let folder: string
let store: Store
let sandbox: Sandbox
let sync: ContactIndexSync
let clock: number
let warnings: string[]
let told: string[]
let reads: number

beforeEach(async () => {
  clock = Date.parse('2026-11-20T08:00:00Z')
  warnings = []
  told = []
  reads = 0
  folder = await mkdtemp(join(tmpdir(), 'callweave-index-'))
  store = await openStore({ file: join(folder, 'state.db'), lingerMs: 0 })
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 }, clock: () => clock })
  sync = follow()
})
afterEach(async () => {
  await sandbox[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

function follow(every = 0.02): ContactIndexSync {
  const now = () => clock
  const log = {
    info: (_fields: object, message: string) => void told.push(message),
    warn: (_fields: object, message: string) => void warnings.push(message),
  }
  const crm = connectedCrm(sandbox, { now })
  return createContactIndexSync({
    ...{ crm, index: store.contactIndex, settings: store.settings, country: 'RU', now, log, every },
    onRead: () => {
      reads += 1
    },
  })
}
const idsOf = async (key: string) => (await store.contactIndex.lookup(key)).map(({ kind, id }) => `${kind} ${id}`)

async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 400; n++) {
    if (await reached()) return
    await sleep(5)
  }
  assert.fail('not reached within two seconds')
}

async function running<T>(body: () => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const run = sync.run(stop.signal)
  try {
    return await body()
  } finally {
    stop.abort()
    await run
  }
}
const complete = async () => (await sync.status()).complete

describe('the first fill', () => {
  test('brings contacts and companies under every number they have', async () => {
    const ivan = sandbox.addContact({ name: 'Иван', phones: ['8 (922) 153-23-27', '+7 922 153-23-28'] })
    const firm = sandbox.addCompany({ name: 'Ромашка', phones: ['(343) 222-33-44 доб. 5'] })
    sandbox.addContact({ name: 'без телефона' })
    await running(() => until(complete))
    assert.deepEqual(await idsOf('9221532327'), [`contact ${ivan}`])
    assert.deepEqual(await idsOf('9221532328'), [`contact ${ivan}`])
    assert.deepEqual(await idsOf('3432223344'), [`company ${firm}`])
    assert.deepEqual(
      { ...(await sync.status()), cursor: undefined },
      {
        complete: true,
        clients: 2,
        cursor: undefined,
        fill: undefined,
        lastError: undefined,
      },
    )
  })

  test('an empty account is complete, too', async () => {
    await running(() => until(complete))
    assert.equal((await sync.status()).clients, 0)
  })

  test('until it is complete, refresh says that absence means nothing', async () => {
    assert.equal(await sync.refresh(signal), false)
    assert.equal(sandbox.requests().length, 0)
  })

  test('stopped half-way it goes on from there', async () => {
    for (let n = 0; n < 900; n++) {
      clock += 1000
      sandbox.addContact({ name: `К${n}`, phones: [`+7900${1000000 + n}`] })
    }
    sandbox.fault({ match: { path: '/api/v4/contacts', nth: 7 }, do: { kind: 'hang' } })
    const clients = async () => (await sync.status()).clients
    await running(() => until(async () => (await clients()) >= 250))
    const { complete: done, fill } = await sync.status()
    assert.equal(done, false)
    assert.equal(fill, undefined)
    assert.ok((await clients()) < 900, `${await clients()} clients`)
    sandbox.clearFaults()
    sync = follow()
    await running(() => until(complete))
    assert.equal((await sync.status()).clients, 900)
    assert.deepEqual(
      told.filter((message) => /first fill (begins|goes on)/.test(message)),
      ['the first fill begins', 'the first fill goes on'],
    )
  })

  test('what the CRM refuses is waited out and told', async () => {
    sandbox.fault({ match: { path: '/api/v4/contacts' }, do: { kind: 'unpaid' } })
    await running(async () => {
      await until(async () => (await sync.status()).lastError !== undefined)
      assert.match((await sync.status()).lastError?.message ?? '', /402/)
    })
    assert.ok(warnings.includes('contact index cannot follow the CRM'))
    assert.equal(sandbox.requests().filter((request) => request.path === '/api/v4/contacts').length, 1)
  })
})

describe('following changes', () => {
  beforeEach(() => running(() => until(() => reads > 0)))

  test('a new client, a new number and a new owner arrive by themselves', async () => {
    clock += 1000
    const id = sandbox.addContact({ name: 'Иван', phones: ['89221532327'] })
    await running(() => until(async () => (await idsOf('9221532327')).length > 0))
    assert.deepEqual(await idsOf('9221532327'), [`contact ${id}`])
  })

  test('refresh has whatever stood in the CRM when it was asked', async () => {
    const id = sandbox.addContact({ name: 'Иван', phones: ['89221532327'] })
    assert.equal(await sync.refresh(signal), true)
    assert.deepEqual(await idsOf('9221532327'), [`contact ${id}`])
  })

  test('a cursor in the CRM’s future does not stop it', async () => {
    await store.contactIndex.saveProgress({ complete: true, cursor: clock + 86_400_000 })
    const id = sandbox.addContact({ name: 'Иван', phones: ['89221532327'] })
    await sync.refresh(signal)
    assert.deepEqual(await idsOf('9221532327'), [`contact ${id}`])
    assert.ok(((await sync.status()).cursor ?? 0) < clock + 60_000)
  })

  test('many who ask at once share their deltas', async () => {
    sandbox.clearRequests()
    await Promise.all(Array.from({ length: 50 }, () => sync.refresh(signal)))
    assert.equal(sandbox.requests().length, 4)
  })

  test('the number a merge took away leads to the winner', async () => {
    const loser = sandbox.addContact({ name: 'Иван', phones: ['89221532327'] })
    const winner = sandbox.addContact({ name: 'Иван Петров' })
    await sync.refresh(signal)
    clock += 5000
    sandbox.mergeContacts(loser, winner)
    await sync.refresh(signal)
    assert.ok((await idsOf('9221532327')).includes(`contact ${winner}`))
  })

  test('refresh says what went wrong, and the next one works', async () => {
    sandbox.fault({ match: { method: 'GET' }, do: { kind: 'server-error' } })
    await assert.rejects(sync.refresh(signal), { name: 'CrmOutcomeUnknown' })
    assert.equal(await sync.refresh(signal), true)
  })

  test('a client who lost the phone leaves its number', async () => {
    const id = sandbox.addContact({ name: 'Иван', phones: ['89221532327'] })
    await sync.refresh(signal)
    clock += 5000
    await patchContact(id, [])
    await sync.refresh(signal)
    assert.deepEqual(await idsOf('9221532327'), [])
    clock += 5000
    await patchContact(id, [{ field_code: 'PHONE', values: [{ value: '89221532328' }] }])
    await sync.refresh(signal)
    assert.deepEqual(await idsOf('9221532328'), [`contact ${id}`])
  })
})

/** As a manager's browser would. */
async function patchContact(id: number, fields: readonly unknown[]): Promise<void> {
  const custom_fields_values = fields.length > 0 ? fields : [{ field_code: 'PHONE', values: null }]
  const answer = await fetch(`${sandbox.url}/api/v4/contacts/${id}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ custom_fields_values }),
  })
  assert.equal(answer.status, 200, await answer.text())
}
