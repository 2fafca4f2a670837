import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { connectedCrm } from '../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../test/amocrm-sandbox/sandbox.ts'
import type { Call } from '../calls/call.ts'
import { createContactIndexSync } from '../contact-index/contact-index-sync.ts'
import { createLeadRefresh } from '../contact-index/lead-refresh.ts'
import { createOutbox, type Outbox } from '../outbox/outbox.ts'
import { createPace } from '../outbox/pace.ts'
import { everydayPolicies, type OutboxPolicies } from '../outbox/policies.ts'
import type { Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { rules, settingsWith } from './_settings.ts'
import { callFacts } from './call-facts.ts'
import { callHandlers } from './handlers/call-handlers.ts'
import { noHooks } from './hooks.ts'
import { jobsForCall } from './jobs-for-call.ts'
import type { RuleBook } from './rules/kind-rule.ts'
import type { RegistrationSettings } from './settings.ts'
import { createTurns } from './turns.ts'

/** The whole way from ended calls to the CRM, with everything real but the CRM; only waiting is shortened. */
const impatient: OutboxPolicies = {
  ...everydayPolicies,
  retry: { firstMs: 10, factor: 2, capMs: 100 },
  proof: { firstLookMs: 20, settleMs: 150, againMs: 20, absences: 2, capMs: 100 },
  pollMs: 20,
  graceMs: 200,
}
const settings = settingsWith(
  { users: new Map([['101', 7000001]]), defaultUser: undefined },
  rules({ missedUnknown: { task: { enabled: true } } }),
)
const withBook = (book: RuleBook) => ({ ...settings, rulesOf: () => book })

let folder: string
let store: Store
let sandbox: Sandbox
let outbox: Outbox
let stop: AbortController
let running: Promise<void>
let current: RegistrationSettings

beforeEach(async () => {
  current = settings
  folder = await mkdtemp(join(tmpdir(), 'callweave-once-'))
  store = await openStore({ file: join(folder, 'state.db'), lingerMs: 0 })
  sandbox = await startSandbox({ rateLimit: { perSecond: 100 } })
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await running
  await sandbox[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function start(): Promise<void> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const pace = createPace({ requestsPerSecond: 80, inFlight: 3 })
  const crm = connectedCrm(sandbox, { pace })
  const index = store.contactIndex
  const sync = createContactIndexSync({
    ...{ crm, index, settings: store.settings, country: 'RU', now: Date.now, log, every: 60 },
  })
  const { leads, callbackTasks, lastTalks } = store
  const handlers = callHandlers({
    ...{ crm, index, callbackTasks, lastTalks, refresh: sync.refresh, now: Date.now, random: () => 0 },
    leads: {
      openLeadsOf: (clients) => leads.openLeadsOf(clients),
      upsertLeads: (some) => leads.upsertLeads(some),
      removeLead: (id) => leads.removeLead(id),
      ...createLeadRefresh({ crm, leads, settings: store.settings, now: Date.now, log, every: 60 }),
    },
    jobs: store.outbox,
    settings: () => current,
    tokenUser: async () => 7000001,
    hooks: noHooks,
    turns: createTurns(store.settings),
    recordingUrl: () => undefined,
  })
  outbox = createOutbox({
    store: store.outbox,
    handlers,
    pace,
    inFlight: 3,
    now: Date.now,
    random: () => 0.5,
    log,
    policies: impatient,
  })
  await index.saveProgress({ complete: true, cursor: Date.now() - 600_000 })
  running = outbox.run(stop.signal)
}

let calls = 0
function call(client: string, change: Partial<Call> = {}): Call {
  calls += 1
  const startedAt = Math.floor(Date.now() / 1000) * 1000 - 20_000
  const id = `1795164754.${calls}`
  return {
    id,
    linkedids: [id],
    direction: 'in',
    client,
    line: '7001',
    startedAt,
    endedAt: startedAt + 10_000,
    answered: true,
    result: 'answered',
    waitSeconds: 2,
    talkSeconds: 8,
    responsible: '101',
    hangupCause: 16,
    evidence: 'live',
    people: [{ extension: '101', rang: true, rangSeconds: 2, talkSeconds: 8, holdSeconds: 0 }],
    transfers: [],
    ivr: '',
    recordings: [],
    ...change,
  }
}

async function register(...ended: Call[]): Promise<void> {
  const options = { pbx: 'main', country: 'RU', quietAfterSeconds: 7200, moment: 'end', at: 0 } as const
  const about = { settings: current, hooks: noHooks, openTask: undefined }
  await outbox.add(
    ended.flatMap((each) => jobsForCall(callFacts(each, options), { ...about, evidence: each.evidence })),
  )
}

async function settled(): Promise<void> {
  for (let n = 0; n < 1200; n++) {
    const { counts } = await outbox.status()
    if (counts.waiting + counts.sending + counts.unproven === 0) return
    await sleep(5)
  }
  assert.fail(`not settled within six seconds: ${JSON.stringify(await outbox.status())}`)
}
const told = () =>
  sandbox
    .callNotes()
    .map((note) => String(note.uniq))
    .toSorted()
const uniqs = (...ended: Call[]) => ended.map((each) => `main/${each.id}`).toSorted()

describe('given a fresh account', () => {
  beforeEach(start)

  test('two calls of one stranger at once, in two spellings, make one contact with both notes', async () => {
    const [first, second] = [call('+79221532327'), call('89221532327')]
    await register(first, second)
    await settled()
    assert.equal(sandbox.contacts().length, 1)
    assert.deepEqual(told(), uniqs(first, second))
  })

  test('a rush of strangers is written with few requests', async () => {
    const rush = Array.from({ length: 80 }, (_, n) => call(`+7900${1000000 + n}`))
    await register(...rush)
    await settled()
    assert.equal(sandbox.contacts().length, 80)
    assert.deepEqual(told(), uniqs(...rush))
    assert.ok(sandbox.requests().length < 40, `${sandbox.requests().length} requests`)
  })

  test('a missed call becomes contact, task and note, in this order', async () => {
    await register(call('+79221532327', { answered: false, result: 'missed', responsible: '', talkSeconds: 0 }))
    await settled()
    const writes = sandbox.requests().filter((request) => request.method === 'POST')
    assert.deepEqual(
      writes.map((request) => request.path),
      ['/api/v4/contacts', '/api/v4/tasks', '/api/v4/contacts/notes'],
    )
    const [note] = sandbox.callNotes()
    assert.deepEqual([note?.status, note?.seconds, note?.author], [6, 0, 7000001])
  })

  const lateness = { executedAfterMs: 80 }
  const troubles = {
    '504 though executed': { kind: 'gateway-timeout', execution: 'executed' },
    '504 and executed later': { kind: 'gateway-timeout', execution: lateness },
    '500 and not executed': { kind: 'server-error', execution: 'not-executed' },
    'a reset after execution': { kind: 'reset', execution: 'executed' },
  } as const
  for (const [trouble, action] of Object.entries(troubles)) {
    test(`${trouble}, to contact and note: nothing lost, nothing doubled`, async () => {
      sandbox.fault({ match: { method: 'POST', path: '/api/v4/contacts' }, do: action })
      sandbox.fault({ match: { method: 'POST', path: '/api/v4/contacts/notes' }, do: action })
      const ended = [call('+79221532327'), call('89221532327'), call('+79990001122')]
      await register(...ended)
      await settled()
      assert.equal(sandbox.contacts().length, 2)
      assert.deepEqual(told(), uniqs(...ended))
    })
  }

  for (const [trouble, action] of Object.entries({ none: undefined, ...troubles })) {
    test(`trouble: ${trouble}; two calls of a stranger are one incoming lead, each told once`, async () => {
      if (action) sandbox.fault({ match: { method: 'POST', path: '/api/v4/leads/unsorted/sip' }, do: action })
      const ended = [call('+79221532327'), call('89221532327'), call('+79990001122')]
      current = withBook(rules({ incomingUnknown: { create: 'unsorted' } }))
      await register(...ended)
      await settled()
      assert.equal(sandbox.unsorted().length, 2)
      assert.deepEqual(told(), uniqs(...ended))
      assert.deepEqual(sandbox.tasks(), [])
    })
  }

  for (const [trouble, action] of Object.entries({ none: undefined, ...troubles })) {
    test(`trouble: ${trouble}; two calls of a stranger are one lead, and both notes stand on it`, async () => {
      if (action) sandbox.fault({ match: { method: 'POST', path: '/api/v4/leads' }, do: action })
      const ended = [call('+79221532327'), call('89221532327'), call('+79990001122')]
      current = withBook(rules({ incomingUnknown: { create: 'lead' }, incomingKnown: { create: 'lead' } }))
      await register(...ended)
      await settled()
      assert.equal(sandbox.leads().length, 2)
      assert.deepEqual(told(), uniqs(...ended))
      assert.deepEqual(new Set(sandbox.callNotes().map(({ entity }) => entity.type)), new Set(['leads']))
    })
  }

  test('a lead for every call: a lost answer of the second is not taken for the first', async () => {
    current = withBook(
      rules({ incomingUnknown: { create: 'lead' }, incomingKnown: { create: 'lead', lead: { unless: 'never' } } }),
    )
    await register(call('+79221532327'))
    await settled()
    sandbox.fault({
      match: { method: 'POST', path: '/api/v4/leads' },
      do: { kind: 'server-error', execution: 'not-executed' },
    })
    await register(call('+79221532327'))
    await settled()
    assert.equal(sandbox.leads().length, 2)
  })

  test('a lead the CRM will not take costs the call neither contact nor note', async () => {
    current = withBook(rules({ incomingUnknown: { create: 'lead', lead: { pipeline: 1 } } }))
    const ended = call('+79221532327')
    await register(ended)
    await settled()
    assert.deepEqual(told(), uniqs(ended))
    assert.equal((await outbox.status()).counts.dead, 1)
  })

  test('a contact deleted between index and note is made anew, and the call is told once', async () => {
    const gone = sandbox.addContact({ name: 'Иван', phones: ['+79221532327'] })
    const known = { kind: 'contact', id: gone, name: 'Иван', owner: 7000001, keys: ['9221532327'] } as const
    await store.contactIndex.upsert([{ ...known, updatedAt: Date.now() }])
    sandbox.deleteContact(gone)
    const ended = call('+79221532327')
    await register(ended)
    await settled()
    const [note] = sandbox.callNotes()
    assert.deepEqual(told(), uniqs(ended))
    assert.notEqual(note?.entity.id, gone)
  })
})

test('given 429 from the CRM, the account rests a second and nothing is lost', async () => {
  await start()
  sandbox.fault({ match: { method: 'POST' }, do: { kind: 'throttled' } })
  const ended = call('+79221532327')
  await register(ended)
  await settled()
  assert.deepEqual(told(), uniqs(ended))
  const posts = sandbox.requests().filter((request) => request.method === 'POST')
  assert.ok((posts[1]?.at ?? 0) - (posts[0]?.at ?? 0) >= 1000)
})
