import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, test } from 'vitest'
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

/** A service and a CRM of its own for each test: they mostly wait, so several go side by side. */
interface Office extends AsyncDisposable {
  readonly sandbox: Sandbox
  readonly store: Store
  readonly outbox: Outbox
  register(...ended: readonly Call[]): Promise<void>
  /** Resolves when the outbox has nothing left to do. */
  settled(): Promise<void>
  /** `uniq` of every call note in the CRM. */
  told(): readonly string[]
}

async function open(current: RegistrationSettings = settings): Promise<Office> {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'callweave-once-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  const store = opened.use(await openStore({ file: join(folder, 'state.db'), lingerMs: 0 }))
  const sandbox = opened.use(await startSandbox({ rateLimit: { perSecond: 100 } }))
  const outbox = outboxOn(store, sandbox, current)
  await store.contactIndex.saveProgress({ complete: true, cursor: Date.now() - 600_000 })
  const stop = new AbortController()
  const running = outbox.run(stop.signal)
  opened.defer(async () => {
    stop.abort()
    await running
  })
  const closing = opened.move()
  return {
    ...{ sandbox, store, outbox },
    async register(...ended) {
      const options = { pbx: 'main', country: 'RU', quietAfterSeconds: 7200, moment: 'end', at: 0 } as const
      const about = { settings: current, hooks: noHooks, openTask: undefined }
      await outbox.add(
        ended.flatMap((each) => jobsForCall(callFacts(each, options), { ...about, evidence: each.evidence })),
      )
    },
    async settled() {
      for (let n = 0; n < 1600; n++) {
        const { counts } = await outbox.status()
        if (counts.waiting + counts.sending + counts.unproven === 0) return
        await sleep(5)
      }
      assert.fail(`not settled within eight seconds: ${JSON.stringify(await outbox.status())}`)
    },
    told: () =>
      sandbox
        .callNotes()
        .map((note) => String(note.uniq))
        .toSorted(),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

function outboxOn(store: Store, sandbox: Sandbox, current: RegistrationSettings): Outbox {
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
  return createOutbox({
    store: store.outbox,
    handlers,
    pace,
    inFlight: 3,
    now: Date.now,
    random: () => 0.5,
    log,
    policies: impatient,
  })
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

const uniqs = (...ended: Call[]) => ended.map((each) => `main/${each.id}`).toSorted()

describe.concurrent('given a fresh account', () => {
  test('two calls of one stranger at once, in two spellings, make one contact with both notes', async () => {
    await using office = await open()
    const [first, second] = [call('+79221532327'), call('89221532327')]
    await office.register(first, second)
    await office.settled()
    assert.equal(office.sandbox.contacts().length, 1)
    assert.deepEqual(office.told(), uniqs(first, second))
  })

  test('a rush of strangers is written with few requests', async () => {
    await using office = await open()
    const rush = Array.from({ length: 80 }, (_, n) => call(`+7900${1000000 + n}`))
    await office.register(...rush)
    await office.settled()
    assert.equal(office.sandbox.contacts().length, 80)
    assert.deepEqual(office.told(), uniqs(...rush))
    assert.ok(office.sandbox.requests().length < 40, `${office.sandbox.requests().length} requests`)
  })

  test('a missed call becomes contact, task and note, in this order', async () => {
    await using office = await open()
    await office.register(call('+79221532327', { answered: false, result: 'missed', responsible: '', talkSeconds: 0 }))
    await office.settled()
    const writes = office.sandbox.requests().filter((request) => request.method === 'POST')
    assert.deepEqual(
      writes.map((request) => request.path),
      ['/api/v4/contacts', '/api/v4/tasks', '/api/v4/contacts/notes'],
    )
    const [note] = office.sandbox.callNotes()
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
      await using office = await open()
      office.sandbox.fault({ match: { method: 'POST', path: '/api/v4/contacts' }, do: action })
      office.sandbox.fault({ match: { method: 'POST', path: '/api/v4/contacts/notes' }, do: action })
      const ended = [call('+79221532327'), call('89221532327'), call('+79990001122')]
      await office.register(...ended)
      await office.settled()
      assert.equal(office.sandbox.contacts().length, 2)
      assert.deepEqual(office.told(), uniqs(...ended))
    })
  }

  for (const [trouble, action] of Object.entries({ none: undefined, ...troubles })) {
    test(`trouble: ${trouble}; two calls of a stranger are one incoming lead, each told once`, async () => {
      await using office = await open(withBook(rules({ incomingUnknown: { create: 'unsorted' } })))
      if (action) office.sandbox.fault({ match: { method: 'POST', path: '/api/v4/leads/unsorted/sip' }, do: action })
      const ended = [call('+79221532327'), call('89221532327'), call('+79990001122')]
      await office.register(...ended)
      await office.settled()
      assert.equal(office.sandbox.unsorted().length, 2)
      assert.deepEqual(office.told(), uniqs(...ended))
      assert.deepEqual(office.sandbox.tasks(), [])
    })
  }

  for (const [trouble, action] of Object.entries({ none: undefined, ...troubles })) {
    test(`trouble: ${trouble}; two calls of a stranger are one lead, and both notes stand on it`, async () => {
      await using office = await open(
        withBook(rules({ incomingUnknown: { create: 'lead' }, incomingKnown: { create: 'lead' } })),
      )
      if (action) office.sandbox.fault({ match: { method: 'POST', path: '/api/v4/leads' }, do: action })
      const ended = [call('+79221532327'), call('89221532327'), call('+79990001122')]
      await office.register(...ended)
      await office.settled()
      assert.equal(office.sandbox.leads().length, 2)
      assert.deepEqual(office.told(), uniqs(...ended))
      assert.deepEqual(new Set(office.sandbox.callNotes().map(({ entity }) => entity.type)), new Set(['leads']))
    })
  }

  test('a lead for every call: a lost answer of the second is not taken for the first', async () => {
    await using office = await open(
      withBook(
        rules({ incomingUnknown: { create: 'lead' }, incomingKnown: { create: 'lead', lead: { unless: 'never' } } }),
      ),
    )
    await office.register(call('+79221532327'))
    await office.settled()
    office.sandbox.fault({
      match: { method: 'POST', path: '/api/v4/leads' },
      do: { kind: 'server-error', execution: 'not-executed' },
    })
    const second = call('+79221532327')
    await office.register({ ...second, startedAt: second.startedAt + 5_000 })
    await office.settled()
    assert.equal(office.sandbox.leads().length, 2)
  })

  test('a lead the CRM will not take costs the call neither contact nor note', async () => {
    await using office = await open(withBook(rules({ incomingUnknown: { create: 'lead', lead: { pipeline: 1 } } })))
    const ended = call('+79221532327')
    await office.register(ended)
    await office.settled()
    assert.deepEqual(office.told(), uniqs(ended))
    assert.equal((await office.outbox.status()).counts.dead, 1)
  })

  test('a contact deleted between index and note is made anew, and the call is told once', async () => {
    await using office = await open()
    const gone = office.sandbox.addContact({ name: 'Иван', phones: ['+79221532327'] })
    const known = { kind: 'contact', id: gone, name: 'Иван', owner: 7000001, keys: ['9221532327'] } as const
    await office.store.contactIndex.upsert([{ ...known, updatedAt: Date.now() }])
    office.sandbox.deleteContact(gone)
    const ended = call('+79221532327')
    await office.register(ended)
    await office.settled()
    const [note] = office.sandbox.callNotes()
    assert.deepEqual(office.told(), uniqs(ended))
    assert.notEqual(note?.entity.id, gone)
  })
})

test.concurrent('given 429 from the CRM, the account rests a second and nothing is lost', async () => {
  await using office = await open()
  office.sandbox.fault({ match: { method: 'POST' }, do: { kind: 'throttled' } })
  const ended = call('+79221532327')
  await office.register(ended)
  await office.settled()
  assert.deepEqual(office.told(), uniqs(ended))
  const posts = office.sandbox.requests().filter((request) => request.method === 'POST')
  assert.ok((posts[1]?.at ?? 0) - (posts[0]?.at ?? 0) >= 1000)
})
