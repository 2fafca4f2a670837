import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import * as errors from '../errors.ts'
import type { Crm, NewCallNote, WriteOutcome } from '../port.ts'
import { createAmocrm } from './amocrm.ts'
import { createTransport, transportLimits } from './transport.ts'

const { signal } = new AbortController()
const start = Date.parse('2026-11-20T08:52:34Z')
const roomy = { perSecond: 1000 }

let sandbox: Sandbox
let crm: Crm
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: roomy })
  crm = connect()
})
afterEach(() => sandbox[Symbol.asyncDispose]())

function connect(change: { account?: string; token?: string; totalMs?: number; now?: () => number } = {}): Crm {
  return createAmocrm({
    account: change.account ?? sandbox.url,
    token: change.token ?? sandbox.token,
    source: 'Callweave',
    country: 'RU',
    pace: { run: (_urgency, request) => request() },
    now: change.now ?? Date.now,
    log: { warn: () => undefined },
    transport: createTransport({ ...transportLimits, ...(change.totalMs && { totalMs: change.totalMs }) }),
  })
}

function note(id: number, change: Partial<NewCallNote> = {}): NewCallNote {
  return {
    entity: { kind: 'contact', id },
    uniq: 'main/17.2',
    direction: 'in',
    phone: '+79221532327',
    startedAt: start,
    talkSeconds: 8,
    status: 'answered',
    person: 7000001,
    author: 7000001,
    quiet: false,
    ...change,
  }
}
const only = ([outcome]: readonly WriteOutcome[]): WriteOutcome => outcome ?? assert.fail('no outcome')
const failure = (outcomes: readonly WriteOutcome[]): errors.CrmError => {
  const outcome = only(outcomes)
  return outcome.kind === 'failed' ? outcome.error : assert.fail(`not failed but ${outcome.kind}`)
}

describe('the account', () => {
  test('tells who we are and whether clocks agree', async () => {
    const account = await crm.account(signal)
    assert.deepEqual(
      { ...account, clockSkewMs: Math.abs(account.clockSkewMs) < 1500 },
      { id: 30012345, name: 'Acme', subdomain: 'acme', currentUser: 7000001, unsorted: true, clockSkewMs: true },
    )
  })

  test('a clock that is wrong by an hour is told', async () => {
    const { clockSkewMs } = await connect({ now: () => Date.now() - 3_600_000 }).account(signal)
    assert.ok(Math.abs(clockSkewMs - 3_600_000) < 1500, String(clockSkewMs))
  })

  test('given an administrator’s token, users come with who is dismissed', async () => {
    const users = await crm.users(signal)
    assert.ok(users.some((user) => user.id === 7000001 && user.active))
    assert.ok(users.every((user) => user.id !== 7000009 || !user.active))
  })

  test('given a manager’s token, the users’ list is forbidden and nothing else is', async () => {
    const manager = connect({ token: sandbox.issueToken({ user: 7000002, admin: false }) })
    await assert.rejects(manager.users(signal), errors.CrmForbidden)
    assert.equal((await manager.account(signal)).currentUser, 7000002)
  })

  test('an address a token must not be sent to is refused at once', () => {
    for (const account of ['http://acme.amocrm.ru', 'ftp://x', 'http://127.0.0.1.evil.example', '']) {
      assert.throws(() => connect({ account }), RangeError, account)
    }
  })
})

describe('finding clients by phone', () => {
  test('any spelling in the CRM is found by the normalised number', async () => {
    for (const phone of ['+7 (922) 153-23-27', '8 922 153 23 27', '79221532327', '8(922)1532327']) {
      const id = sandbox.addContact({ name: phone, phones: [phone] })
      const found = await crm.findClientsByPhone('+79221532327', signal)
      assert.ok(
        found.some((client) => client.id === id),
        phone,
      )
    }
  })

  test('digits in a name are no phone', async () => {
    sandbox.addContact({ name: 'Заказ 9221532327', phones: ['+79990000000'] })
    assert.deepEqual(await crm.findClientsByPhone('+79221532327', signal), [])
  })

  test('contacts come before companies, each oldest first', async () => {
    const company = sandbox.addCompany({ name: 'Ромашка', phones: ['89221532327'], createdAt: 100 })
    const younger = sandbox.addContact({ name: 'Б', phones: ['89221532327'], createdAt: 300 })
    const older = sandbox.addContact({ name: 'А', phones: ['89221532327'], createdAt: 200 })
    const found = await crm.findClientsByPhone('+79221532327', signal)
    assert.deepEqual(
      found.map(({ kind, id }) => [kind, id]),
      [
        ['contact', older],
        ['contact', younger],
        ['company', company],
      ],
    )
  })

  test('nobody there is an empty list', async () => {
    assert.deepEqual(await crm.findClientsByPhone('+79221532327', signal), [])
  })
})

describe('following changes', () => {
  let clock = 0
  beforeEach(async () => {
    await sandbox[Symbol.asyncDispose]()
    clock = Date.parse('2026-01-01T00:00:00Z')
    sandbox = await startSandbox({ rateLimit: roomy, clock: () => clock })
    crm = connect({ now: () => clock })
  })

  async function read(since: number | undefined) {
    const pages = await Array.fromAsync(crm.clientsChangedSince(since, signal))
    return { pages, names: pages.flatMap((page) => page.clients.map((client) => client.name)) }
  }
  /** One client after another, a second apart. */
  function add(count: number, addOne: (name: string) => number, letter: string): void {
    for (let n = 0; n < count; n++) {
      clock += 1000
      addOne(`${letter}${n}`)
    }
  }
  const contact = (name: string) => sandbox.addContact({ name, phones: ['+79221532327'] })
  const company = (name: string) => sandbox.addCompany({ name })

  test('all contacts and companies come, none missing, and the instant read up to only grows', async () => {
    add(600, contact, 'К')
    add(300, company, 'Ф')
    add(300, contact, 'Л')
    const { pages, names } = await read(undefined)
    assert.equal(new Set(names).size, 1200)
    const instants = pages.map((page) => page.readUpTo)
    assert.deepEqual(
      instants,
      instants.toSorted((a, b) => a - b),
    )
    assert.ok((instants.at(-1) ?? 0) >= clock)
    assert.ok(sandbox.requests().length < 12)
  })

  test('a client who changes while others are read hides nobody', async () => {
    add(750, contact, 'К')
    const [first] = sandbox.contacts()
    const names = new Set<string>()
    for await (const page of crm.clientsChangedSince(undefined, signal)) {
      for (const client of page.clients) names.add(client.name)
      clock += 60_000
      sandbox.mergeContacts(sandbox.addContact({ name: 'двойник' }), first?.id ?? 0)
    }
    for (let n = 1; n < 750; n++) assert.ok(names.has(`К${n}`), `К${n}`)
  })

  test('a mass update that gives many pages one second is read through', async () => {
    for (let n = 0; n < 600; n++) contact(`К${n}`)
    clock += 5000
    add(10, contact, 'Л')
    assert.equal(new Set((await read(undefined)).names).size, 610)
  })

  test('a stopped reading goes on from the instant of its last page and misses nobody', async () => {
    add(700, contact, 'К')
    add(700, company, 'Ф')
    add(200, contact, 'Л')
    const seen = new Set<string>()
    let readUpTo: number | undefined
    for await (const page of crm.clientsChangedSince(undefined, signal)) {
      for (const client of page.clients) seen.add(client.name)
      readUpTo = page.readUpTo
      if (seen.size > 900) break
    }
    assert.ok(seen.size < 1600)
    sandbox.clearRequests()
    for (const name of (await read(readUpTo)).names) seen.add(name)
    assert.equal(seen.size, 1600)
    assert.ok(sandbox.requests().length < 8, 'it did not begin anew')
  })

  test('only what changed since then comes, up to this very second', async () => {
    contact('давно')
    clock += 60_000
    contact('сейчас')
    assert.deepEqual((await read(clock - 30_000)).names, ['сейчас'])
  })

  test('the trash does not come', async () => {
    sandbox.deleteContact(sandbox.addContact({ name: 'лишний' }))
    assert.deepEqual((await read(undefined)).names, [])
  })

  test('a client without any phone comes without phones', async () => {
    sandbox.addContact({ name: 'без телефона' })
    const { pages } = await read(undefined)
    assert.deepEqual(
      pages.flatMap((page) => page.clients.flatMap((client) => client.phones)),
      [],
    )
  })
})

describe('creating contacts', () => {
  test('each comes back with its id, phone and owner', async () => {
    const outcomes = await crm.createContacts(
      [
        { name: 'А', phone: '+79221532327', owner: 7000002 },
        { name: 'Б', phone: '+79221532328' },
      ],
      signal,
    )
    const [first, second] = sandbox.contacts()
    assert.deepEqual(outcomes, [
      { kind: 'written', id: first?.id },
      { kind: 'written', id: second?.id },
    ])
    assert.deepEqual([first?.phones, first?.owner], [['+79221532327'], 7000002])
  })

  test('given a dismissed owner among many, everybody is created, his without owner, with one more request', async () => {
    const contacts = Array.from({ length: 50 }, (_, n) => ({
      name: `К${n}`,
      phone: `+7900${1000000 + n}`,
      owner: n === 20 ? 7000009 : 7000002,
    }))
    const outcomes = await crm.createContacts(contacts, signal)
    assert.ok(outcomes.every((outcome) => outcome.kind === 'written'))
    assert.deepEqual(
      outcomes.flatMap((outcome, at) => ('without' in outcome ? [at] : [])),
      [20],
    )
    assert.equal(sandbox.contacts().length, 50)
    assert.equal(sandbox.requests().length, 2)
  })

  test('what was created since then is listed by its time, never by search', async () => {
    sandbox.addContact({ name: 'старый', phones: ['89221532327'], createdAt: 1000 })
    await crm.createContacts([{ name: 'новый', phone: '+79221532327' }], signal)
    const created = await crm.contactsCreatedSince(Date.now() - 60_000, signal)
    assert.deepEqual(
      created.map((client) => client.name),
      ['новый'],
    )
    assert.ok(sandbox.requests().every((request) => !request.query.includes('query=')))
  })
})

describe('writing call notes', () => {
  test('the note stands as the CRM shows it', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    const outcome = only(await crm.createCallNotes([note(id)], signal))
    const [stored] = sandbox.callNotes()
    assert.deepEqual(outcome, { kind: 'written', id: stored?.id })
    const { updatedAt, id: _, ...shown } = stored ?? assert.fail('no note')
    assert.ok(updatedAt > start / 1000)
    assert.deepEqual(shown, {
      entity: { type: 'contacts', id },
      author: 7000001,
      owner: 7000001,
      createdAt: start / 1000,
      triggersAutomation: true,
      origin: 'notes',
      direction: 'in',
      phone: '+79221532327',
      seconds: 8,
      status: 4,
      uniq: 'main/17.2',
      source: 'Callweave',
      link: undefined,
      result: undefined,
      responsible: 7000001,
    })
  })

  test('every status is amoCRM’s number, outbound is call_out, an extension is text, quiet sets nothing off', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    const all = ['voicemail', 'answered', 'wrong-number', 'not-reached', 'busy'] as const
    const change = { direction: 'out', person: '555', author: undefined, quiet: true } as const
    await crm.createCallNotes(
      all.map((status) => note(id, { ...change, status })),
      signal,
    )
    const stored = sandbox.callNotes()
    assert.deepEqual(
      stored.map((each) => each.status),
      [1, 4, 5, 6, 7],
    )
    assert.ok(
      stored.every((each) => each.direction === 'out' && each.responsible === '555' && !each.triggersAutomation),
    )
  })

  test('contacts and companies in one batch keep their order', async () => {
    const contact = sandbox.addContact({ name: 'Иван' })
    const company = sandbox.addCompany({ name: 'Ромашка' })
    const outcomes = await crm.createCallNotes(
      [note(company, { entity: { kind: 'company', id: company }, uniq: 'a' }), note(contact, { uniq: 'b' })],
      signal,
    )
    const byUniq = new Map(sandbox.callNotes().map((each) => [each.uniq, each]))
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind === 'written' && outcome.id),
      [byUniq.get('a')?.id, byUniq.get('b')?.id],
    )
    assert.equal(byUniq.get('a')?.entity.type, 'companies')
  })

  test('given deleted entities and nonsense among many, only they are settled apart and the rest is written', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => sandbox.addContact({ name: `К${n}` }))
    sandbox.deleteContact(ids[7] ?? 0)
    const notes = ids.map((id, n) => note(id, { uniq: `u${n}`, ...(n === 11 && { talkSeconds: -1 }) }))
    const outcomes = await crm.createCallNotes(notes, signal)
    assert.equal(outcomes[7]?.kind, 'entity-gone')
    assert.equal(outcomes[11]?.kind, 'refused')
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'written').length, 38)
    assert.equal(sandbox.callNotes().length, 38)
  })

  test('given a dismissed author, the note is written without him', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    const outcome = only(await crm.createCallNotes([note(id, { author: 7000009, person: 7000009 })], signal))
    assert.equal(outcome.kind === 'written' && outcome.without, 'user')
    assert.equal(sandbox.callNotes().length, 1)
  })

  test('what stands on many entities is read back with few requests', async () => {
    const ids = Array.from({ length: 130 }, (_, n) => sandbox.addContact({ name: `К${n}` }))
    await crm.createCallNotes(
      ids.map((id) => note(id, { uniq: `u${id}` })),
      signal,
    )
    sandbox.clearRequests()
    const entities = ids.map((id) => ({ kind: 'contact', id }) as const)
    const stored = await crm.callNotesOn(entities, Date.now() - 60_000, signal)
    assert.deepEqual(new Set(stored.map((each) => each.uniq)), new Set(ids.map((id) => `u${id}`)))
    assert.equal(stored[0]?.startedAt, start)
    assert.equal(sandbox.requests().length, 2)
  })
})

describe('tasks', () => {
  test('a task stands on its client with owner and deadline, and is read back', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    const task = {
      entity: { kind: 'contact', id },
      text: 'Перезвонить',
      owner: 7000002,
      deadline: start + 3_600_000,
    } as const
    const outcome = only(await crm.createTasks([task], signal))
    const [stored] = sandbox.tasks()
    assert.deepEqual(
      [stored?.entity, stored?.owner, stored?.completeTill],
      [{ type: 'contacts', id }, 7000002, start / 1000 + 3600],
    )
    const [found] = await crm.tasksOn([task.entity], Date.now() - 60_000, signal)
    assert.equal(outcome.kind === 'written' && outcome.id, found?.id)
    assert.deepEqual([found?.text, found?.deadline, found?.entity], [task.text, task.deadline, task.entity])
  })

  test('on a client who is gone it is told so', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    sandbox.deleteContact(id)
    const task = { entity: { kind: 'contact', id }, text: 'Перезвонить', owner: undefined, deadline: start } as const
    assert.equal(only(await crm.createTasks([task], signal)).kind, 'entity-gone')
  })
})

describe('what a failing CRM means for a write', () => {
  const write = (through = crm) => through.createContacts([{ name: 'А', phone: '+79221532327' }], signal)
  const fault = sandboxFault

  function sandboxFault(action: Parameters<Sandbox['fault']>[0]['do']) {
    sandbox.fault({ match: { method: 'POST' }, do: action })
  }

  test('429: not written, the account rests, longer every time', async () => {
    let now = Date.now()
    const patient = connect({ now: () => now })
    const rests: (number | undefined)[] = []
    for (let n = 0; n < 3; n++) {
      fault({ kind: 'throttled' })
      const error = failure(await write(patient))
      assert.ok(error instanceof errors.CrmThrottled)
      assert.equal(error.written, 'no')
      rests.push(error.restMs)
      now += error.restMs ?? 0
    }
    assert.deepEqual(rests, [1000, 2000, 4000])
    assert.equal(only(await write(patient)).kind, 'written')
    fault({ kind: 'throttled' })
    assert.equal(failure(await write(patient)).restMs, 1000)
  })

  test('while the account rests no request leaves', async () => {
    fault({ kind: 'blocked', ms: 60_000 })
    assert.ok(failure(await write()) instanceof errors.CrmBlocked)
    sandbox.clearRequests()
    assert.ok(failure(await write()) instanceof errors.CrmBlocked)
    await assert.rejects(crm.account(signal), errors.CrmBlocked)
    assert.equal(sandbox.requests().length, 0)
  })

  test('401 and 402 rest the account too, and nothing was written', async () => {
    fault({ kind: 'unauthorized' })
    const unauthorised = failure(await write())
    fault({ kind: 'unpaid' })
    const unpaid = failure(await write(connect()))
    assert.ok(unauthorised instanceof errors.CrmUnauthorised && unauthorised.restMs && unauthorised.written === 'no')
    assert.ok(unpaid instanceof errors.CrmUnpaid && unpaid.restMs && unpaid.written === 'no')
  })

  test('500, 504, a reset, no answer and broken JSON may have been written; 504 and no answer were too heavy', async () => {
    const impatient = connect({ totalMs: 150 })
    const met: [string, string, boolean][] = []
    for (const kind of ['server-error', 'gateway-timeout', 'reset', 'hang', 'malformed'] as const) {
      fault({ kind })
      const error = failure(await write(impatient))
      met.push([error.name, error.written, error.tooHeavy])
    }
    assert.deepEqual(met, [
      ['CrmOutcomeUnknown', 'maybe', false],
      ['CrmOutcomeUnknown', 'maybe', true],
      ['CrmOutcomeUnknown', 'maybe', false],
      ['CrmOutcomeUnknown', 'maybe', true],
      ['CrmAnswerMalformed', 'maybe', false],
    ])
  })

  test('a refused connection wrote nothing', async () => {
    const closed = await unusedPort()
    const error = failure(await write(connect({ account: `http://127.0.0.1:${closed}` })))
    assert.ok(error instanceof errors.CrmUnreachable)
    assert.equal(error.written, 'no')
  })

  test('stopped before it is sent it wrote nothing; stopped while waiting for the answer it may have', async () => {
    const before = await crm.createContacts([{ name: 'А', phone: '+79221532327' }], AbortSignal.abort())
    assert.equal(failure(before).written, 'no')
    assert.equal(sandbox.requests().length, 0)
    fault({ kind: 'hang' })
    const during = await crm.createContacts([{ name: 'А', phone: '+79221532327' }], AbortSignal.timeout(100))
    assert.equal(failure(during).written, 'maybe')
  })

  test('beyond the pace amoCRM itself refuses, and that is a pause like any other', async () => {
    await using strict = await startSandbox()
    const hasty = connect({ account: strict.url, token: strict.token })
    const answers = await Promise.allSettled(Array.from({ length: 12 }, () => hasty.account(signal)))
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
    assert.ok(refused.length > 0 && refused.every((error) => error instanceof errors.CrmThrottled))
  })
})

async function unusedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : assert.fail('no port')
}
