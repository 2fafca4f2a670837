import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { connectedCrm } from '../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../test/amocrm-sandbox/sandbox.ts'
import { CrmUnreachable } from '../crm/errors.ts'
import { indexedClient } from '../crm/indexed-client.ts'
import type { Crm, CrmClient } from '../crm/port.ts'
import type { Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { createFullPass, type FullPass } from './full-pass.ts'
import { mostLeaving } from './remove-unseen.ts'

const { signal } = new AbortController()
const DAY = 86_400_000

let folder: string
let store: Store
let sandbox: Sandbox
let clock: number
let warnings: string[]
let errors: string[]

beforeEach(async () => {
  clock = new Date(2026, 10, 20, 12).getTime()
  warnings = []
  errors = []
  folder = await mkdtemp(join(tmpdir(), 'callweave-pass-'))
  store = await openStore({ file: join(folder, 'state.db'), lingerMs: 0 })
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 }, clock: () => clock })
  await store.contactIndex.saveProgress({ complete: true, cursor: clock })
})
afterEach(async () => {
  await sandbox[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** @param change laid over the CRM's port. */
function passes(change: Partial<Crm> = {}): FullPass {
  const now = () => clock
  const log = {
    info: () => undefined,
    warn: (_fields: object, message: string) => void warnings.push(message),
    error: (_fields: object, message: string) => void errors.push(message),
  }
  const crm = { ...connectedCrm(sandbox, { now }), ...change }
  const index = store.contactIndex
  const pace = { pollMs: 5, pageRestMs: 0, failureRestMs: 5 }
  const { leads, settings } = store
  return createFullPass({ crm, index, leads, settings, country: 'RU', now, log, pace })
}

/** Runs until a pass ended that began after this instant. */
async function passed(pass = passes()): Promise<void> {
  await running(pass, async () => ((await pass.status())?.finishedAt ?? 0) >= clock)
}

async function running(pass: FullPass, reached: () => Promise<boolean> | boolean): Promise<void> {
  const stop = new AbortController()
  const run = pass.run(stop.signal)
  try {
    for (let n = 0; !(await reached()); n++) {
      assert.ok(n < 400, 'not reached within two seconds')
      await sleep(5)
    }
  } finally {
    stop.abort()
    await run
  }
}
const idsOf = async (key: string) => (await store.contactIndex.lookup(key)).map(({ kind, id }) => `${kind} ${id}`)
const clients = async () => (await store.contactIndex.progress()).clients

describe('given an index that was filled', () => {
  let ivan: number
  let firm: number
  beforeEach(async () => {
    ivan = sandbox.addContact({ name: 'Иван', phones: ['89221532327'] })
    firm = sandbox.addCompany({ name: 'Ромашка', phones: ['89221532328'] })
    clock += 1000
    await store.contactIndex.upsert([
      { kind: 'contact', id: ivan, name: 'Иван', owner: 7000001, keys: ['9221532327'], updatedAt: clock },
      { kind: 'company', id: firm, name: 'Ромашка', owner: 7000001, keys: ['9221532328'], updatedAt: clock },
    ])
    await passed()
    clock += DAY + 7_200_000
  })

  test('the fill counts as a pass: nothing is read before the next is due', async () => {
    assert.equal(sandbox.requests().length, 0)
  })

  test('deleted clients leave, the others stay', async () => {
    sandbox.deleteCompany(firm)
    await passed()
    assert.deepEqual([await idsOf('9221532327'), await idsOf('9221532328')], [[`contact ${ivan}`], []])
    assert.equal((await passes().status())?.removed, 1)
  })

  test('of two merged ones the winner stays', async () => {
    const winner = sandbox.addContact({ name: 'Иван Петров' })
    sandbox.mergeContacts(ivan, winner)
    await passed()
    assert.deepEqual(await idsOf('9221532327'), [`contact ${winner}`])
  })

  test('whoever the looks for changes had missed comes', async () => {
    const id = sandbox.addContact({ name: 'Пётр', phones: ['89221532329'] })
    clock += DAY
    await store.contactIndex.saveProgress({ complete: true, cursor: clock })
    await passed()
    assert.deepEqual(await idsOf('9221532329'), [`contact ${id}`])
  })

  test('whoever is made while it runs stays', async () => {
    const pass = passes()
    const hold = sandbox.fault({ match: { path: '/api/v4/contacts' }, do: { kind: 'server-error' } })
    await running(pass, () => hold.left() === 0)
    const id = sandbox.addContact({ name: 'Пётр', phones: ['89221532329'] })
    const made = { kind: 'contact', id, name: 'Пётр', owner: 7000001, keys: ['9221532329'] } as const
    await store.contactIndex.upsert([{ ...made, updatedAt: clock }])
    await passed(pass)
    assert.deepEqual(await idsOf('9221532329'), [`contact ${id}`])
  })

  test('whoever did not come but is there when asked for by id stays', async () => {
    sandbox.deleteCompany(firm)
    // As when pages shift while they are read.
    async function* somebodyElse() {
      yield { clients: [client(99, '89221532399')], readUpTo: clock }
    }
    await passed(passes({ clientsChangedSince: somebodyElse }))
    assert.deepEqual([await idsOf('9221532327'), await idsOf('9221532328')], [[`contact ${ivan}`], []])
  })

  test('stopped half-way it goes on from there', async () => {
    for (let n = 0; n < 600; n++) {
      clock += 1000
      sandbox.addContact({ name: `К${n}`, phones: [`+7900${1000000 + n}`] })
    }
    const third = sandbox.fault({ match: { path: '/api/v4/contacts', nth: 3 }, do: { kind: 'hang' } })
    await running(passes(), () => third.left() === 0)
    const { finishedAt, cursor } = (await passes().status()) ?? {}
    assert.equal(finishedAt, undefined)
    assert.ok(cursor !== undefined && cursor > 0)
    sandbox.clearRequests()
    await passed()
    assert.equal(await clients(), 602)
    const pages = sandbox.requests().filter(({ path }) => path === '/api/v4/contacts')
    assert.ok(pages.length <= 4, `${pages.length} pages`)
  })

  test('a CRM that refuses makes it wait, and nobody is removed meanwhile', async () => {
    sandbox.deleteCompany(firm)
    const refused = sandbox.fault({ match: { path: '/api/v4/companies' }, times: 3, do: { kind: 'server-error' } })
    const pass = passes()
    await running(pass, () => refused.left() === 0)
    assert.equal(await clients(), 2)
    assert.ok(warnings.length > 0)
    await passed(pass)
    assert.equal(await clients(), 1)
  })
})

describe('given open leads and numbers that wait in unsorted', () => {
  const lead = (id: number, contact: number) => ({
    ...{ id, name: 'Сделка', owner: 7000001, pipeline: 4400, status: 44001, open: true, updatedAt: clock },
    clients: [{ kind: 'contact', id: contact }] as const,
  })
  const leadsOf = async (contact: number) =>
    (await store.leads.openLeadsOf([{ kind: 'contact', id: contact }])).map(({ id }) => id)
  beforeEach(async () => {
    await store.leads.saveLeadProgress({ complete: true, cursor: clock })
    await passed()
    clock += DAY + 7_200_000
  })

  test('deleted and closed leads leave, missed ones come', async () => {
    const contact = sandbox.addContact({ name: 'Иван' })
    const [stays, closed, deleted, missed] = [0, 1, 2, 3].map(() => sandbox.addLead({ contacts: [contact] }))
    await store.leads.upsertLeads([stays, closed, deleted].map((id) => lead(id ?? 0, contact)))
    sandbox.moveLead(closed ?? 0, { status: 143 })
    sandbox.deleteLead(deleted ?? 0)
    await passed()
    assert.deepEqual((await leadsOf(contact)).toSorted(), [stays, missed])
    const { leadsRead, leadsRemoved, leadsKept } = (await passes().status()) ?? {}
    assert.deepEqual([leadsRead, leadsRemoved, leadsKept], [2, 1, undefined])
  })

  test('when the CRM shows no leads at all, then all stay and an error tells it', async () => {
    await store.leads.upsertLeads([lead(1, 5), lead(2, 5)])
    async function* nothing() {
      yield { entities: [], position: 'p', changesSince: 0, about: 0 }
    }
    await passed(passes({ allOpenLeads: nothing }))
    assert.equal((await leadsOf(5)).length, 2)
    assert.equal(errors.length, 1)
  })

  test('numbers whose incoming lead was sorted wait no longer, the others do', async () => {
    const numbers = ['9221532327', '9221532328'].map((key, at) => ({
      key,
      uid: `aa${at}`,
      lead: at + 1,
      contact: at + 50,
    }))
    await store.contactIndex.rememberIncoming(numbers)
    await passed(passes({ stillIncoming: async () => new Set(['aa1']) }))
    assert.deepEqual(
      (await store.contactIndex.incomingNumbers()).map(({ uid }) => uid),
      ['aa1'],
    )
  })

  test('when deletions were told that could not be kept, then a pass is made before its time', async () => {
    await passed()
    clock += 60_000
    const pass = passes()
    pass.hasten()
    await passed(pass)
  })
})

describe('given a CRM that shows less than there is', () => {
  /** As a token is answered whose user may see only some clients, or none. */
  const seeing = (...shown: readonly CrmClient[]): FullPass => {
    async function* pages() {
      yield { clients: shown, readUpTo: clock }
    }
    return passes({ clientsChangedSince: pages, clientsById: async () => [] })
  }
  const fill = async (count: number) => {
    const all = Array.from({ length: count }, (_, at) => client(at + 1, `8922${1_000_000 + at}`))
    await store.contactIndex.upsert(all.map((each) => indexedClient(each, 'RU')))
    await passed()
    clock += DAY + 7_200_000
    return all
  }

  test('when it shows nobody, then all stay, an error tells it, and so does the status', async () => {
    await fill(5)
    const pass = seeing()
    await passed(pass)
    assert.equal(await clients(), 5)
    assert.equal(errors.length, 1)
    assert.deepEqual((await pass.status())?.kept, 'nobody-read')
    assert.equal((await pass.status())?.removed, 0)
  })

  test('when more than a tenth and more than a hundred are missing, then all stay, and the next pass is as careful', async () => {
    const all = await fill(300)
    const pass = seeing(...all.slice(101))
    await passed(pass)
    assert.deepEqual([await clients(), (await pass.status())?.kept], [300, 'too-many'])
    clock += DAY + 7_200_000
    await passed(pass)
    assert.deepEqual([await clients(), errors.length], [300, 2])
  })

  test('when a hundred are missing, then they leave: people do clean up', async () => {
    const all = await fill(300)
    const pass = seeing(...all.slice(100))
    await passed(pass)
    assert.deepEqual([await clients(), (await pass.status())?.kept, errors.length], [200, undefined, 0])
  })

  test('when the service is restarted after pages were read, then the pass remembers that it read somebody', async () => {
    const all = await fill(3)
    async function* broken() {
      yield { clients: all.slice(1), readUpTo: clock }
      throw new CrmUnreachable('gone')
    }
    await running(passes({ clientsChangedSince: broken }), () => warnings.length > 0)
    await passed(seeing())
    assert.deepEqual([await clients(), errors.length], [2, 0])
  })
})

test('how many may leave in one pass: a tenth, and always a hundred', () => {
  assert.deepEqual([0, 100, 1_000, 1_010, 50_000].map(mostLeaving), [100, 100, 100, 101, 5_000])
})

function client(id: number, phone: string): CrmClient {
  return { kind: 'contact', id, name: `К${id}`, owner: 7000001, phones: [phone], createdAt: 0, updatedAt: 0 }
}

test('given an index that is still being filled, no pass is begun', async () => {
  await store.contactIndex.saveProgress({ complete: false, cursor: undefined })
  const pass = passes()
  const stop = AbortSignal.any([signal, AbortSignal.timeout(60)])
  await pass.run(stop)
  assert.equal(await pass.status(), undefined)
  assert.equal(sandbox.requests().length, 0)
})
