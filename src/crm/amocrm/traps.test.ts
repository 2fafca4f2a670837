import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { connectedCrm } from '../../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import type { NewCallNote } from '../port.ts'
import type { Amocrm } from './amocrm.ts'
import { createAmocrm } from './amocrm.ts'
import { longLivedToken } from './long-lived-token.ts'

const { signal } = new AbortController()
const phone = '+79221532327'
const now = Date.now()

let sandbox: Sandbox
let crm: Amocrm
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
  crm = connectedCrm(sandbox)
})
afterEach(() => sandbox[Symbol.asyncDispose]())

async function through<T>(pages: AsyncIterable<T>): Promise<readonly T[]> {
  return Array.fromAsync(pages)
}
const note = (entity: NewCallNote['entity']): NewCallNote => ({
  ...{ entity, uniq: 'main/1.1', direction: 'in', phone, startedAt: now, talkSeconds: 0, status: 'not-reached' },
  ...{ person: undefined, author: 7000001, quiet: false },
})

/** Every method of the adapter once, each with as little as it takes. */
async function everything(): Promise<void> {
  const person = sandbox.addContact({ name: 'Иван', phones: ['8 (922) 153-23-27'] })
  const entity = { kind: 'contact', id: person } as const
  await Promise.all([crm.account(signal), crm.users(signal), crm.pipelines(signal), crm.customFields('lead', signal)])
  await through(crm.clientsChangedSince(undefined, signal))
  await through(crm.leadsChangedSince(undefined, signal))
  await through(crm.leadsChangedSince(now - 1000, signal))
  await crm.findClientsByPhone(phone, signal)
  await crm.clientsById([entity], signal)
  await crm.createContacts([{ name: 'Пётр', phone: '+79221532328' }], signal)
  const [lead] = await crm.createLeads([{ name: 'Звонок', client: entity, createdAt: now, uniq: 'main/1.1' }], signal)
  const [made] = await crm.createCallNotes([note(entity)], signal)
  const [task] = await crm.createTasks([{ entity, text: 'Перезвонить', owner: undefined, deadline: now }], signal)
  const [waiting] = await crm.createIncomingLeads(
    [{ ...incoming, uniq: 'main/2.1', startedAt: now, talkSeconds: 0, person: undefined, pipeline: undefined }],
    signal,
  )
  assert.ok(made?.kind === 'written' && task?.kind === 'written' && waiting?.kind === 'written')
  assert.ok(lead?.kind === 'written')
  await crm.changeCallNotes([{ id: made.id, note: note(entity) }], signal)
  await crm.changeTasks([{ id: task.id, completedWith: 'Поговорили' }], signal)
  await crm.changeEntities([{ entity, owner: 7000002 }], signal)
  await crm.takesIncomingLeads(undefined, signal)
  await crm.stillIncoming([waiting.uid], signal)
  await crm.incomingLeadsSince(now - 1000, signal)
  await crm.contactsCreatedSince(now - 1000, signal)
  await crm.leadsCreatedSince(now - 1000, signal)
  await crm.leadsById([lead.id], signal)
  await crm.callNotesOn([entity], now - 1000, signal)
  await crm.leadCallNotesSince(now - 1000, signal)
  await through(crm.callNotesChangedSince('contact', now - 1000, signal))
  await crm.openTasksOn([entity], signal)
  await crm.tasksOn([entity], now - 1000, signal)
  await crm.tasksById([task.id], signal)
  await crm.announceCall(phone, [7000001], signal)
  await crm.subscribe('https://pbx.example.com/crm/webhook/secret', signal)
}
const incoming = { name: 'Звонок', phone: '+79221532329', line: '7001', lineName: 'Реклама' }

describe('whatever the adapter does', () => {
  beforeEach(everything)

  test('it goes to version 4, but for the call card, and never to /calls or the linking of unsorted (traps 13, 14, 16, 18, 19, 48)', () => {
    const paths = sandbox.requests().map(({ path }) => path)
    const odd = paths.filter((path) => !path.startsWith('/api/v4/'))
    assert.deepEqual(odd, ['/api/v2/events'])
    assert.ok(!paths.some((path) => path === '/api/v4/calls' || /unsorted\/.+\/link$/.test(path)))
  })

  test('it succeeds: nothing it sends is refused', () => {
    const refused = sandbox.requests().filter(({ status = 0 }) => status >= 400)
    assert.deepEqual(
      refused.map(({ path, status }) => [path, status]),
      [],
    )
  })

  test('it filters by no custom field and asks no contact for its leads (traps 5, 29)', () => {
    const queries = sandbox.requests().map(({ query }) => decodeURIComponent(query))
    assert.ok(!queries.some((query) => query.includes('custom_fields_values') || query.includes('with=leads')))
  })

  test('it searches for the last ten digits (trap 4)', () => {
    const searches = sandbox.requests().flatMap(({ query }) => new URLSearchParams(query).get('query') ?? [])
    assert.deepEqual([...new Set(searches)], ['9221532327'])
  })

  test('it sends no null, and times in seconds (traps 10, 31, 39)', () => {
    const bodies = sandbox.requests().map(({ json }) => JSON.stringify(json) ?? '')
    assert.ok(!bodies.some((body) => body.includes('null')))
    const times = bodies.flatMap((body) => [...body.matchAll(/"(?:\w+_at|complete_till)":(\d+)/g)].map(([, at]) => at))
    assert.ok(times.length >= 3)
    assert.ok(
      times.every((at) => Number(at) < 4_102_444_800),
      times.join(),
    )
  })
})

test('an empty account is empty lists everywhere, not a broken answer (trap 1)', async () => {
  assert.deepEqual(await crm.findClientsByPhone(phone, signal), [])
  assert.deepEqual(await crm.clientsById([{ kind: 'contact', id: 5 }], signal), [])
  assert.deepEqual(await crm.leadsById([5], signal), [])
  assert.deepEqual(await crm.tasksById([5], signal), [])
  assert.deepEqual(await crm.callNotesOn([{ kind: 'contact', id: 5 }], 0, signal), [])
  assert.deepEqual(await crm.incomingLeadsSince(0, signal), [])
  assert.equal(await crm.ask('GET', '/api/v4/contacts/5', undefined, signal), undefined)
})

test('a PHONE of a rule does not wipe the phones a client has (trap 22)', async () => {
  const id = sandbox.addContact({ name: 'Иван', phones: [phone, '+79221532328'] })
  const fields = [
    { field: 'PHONE', value: '+79990000000' },
    { field: 'POSITION', value: 'директор' },
  ]
  const [outcome] = await crm.changeEntities([{ entity: { kind: 'contact', id }, fields }], signal)
  assert.equal(outcome?.kind, 'written')
  assert.deepEqual(sandbox.contacts()[0]?.phones, [phone, '+79221532328'])
})

describe('what other vendors and PHP leave behind is read all the same (traps 32, 33)', () => {
  const answering = (json: object): Amocrm =>
    createAmocrm({
      tokens: longLivedToken({ account: 'acme', token: 't' }),
      source: 'Callweave',
      country: 'RU',
      pace: { run: (_urgency, request) => request() },
      now: Date.now,
      log: { warn: () => undefined },
      transport: async () => ({ status: 200, type: 'application/hal+json', headers: {}, text: JSON.stringify(json) }),
    })
  const entity = { kind: 'contact', id: 501 } as const

  test('a call note with text for numbers, nulls, and keys of the old API', async () => {
    const common = { entity_id: 501, note_type: 'call_in', created_at: 1732000000 }
    const notes = [
      { ...common, id: 1, params: { uniq: 'a', phone: 79221532327, duration: '73', call_status: '4', link: null } },
      { ...common, id: 2, params: { UNIQ: 'b', PHONE: '1', DURATION: 5 } },
      { ...common, id: 3, params: [] },
    ]
    const read = await answering({ _embedded: { notes } }).callNotesOn([entity], 0, signal)
    assert.deepEqual(
      read.map(({ id, uniq, phone, talkSeconds }) => [id, uniq, phone, talkSeconds]),
      [
        [1, 'a', '79221532327', 73],
        [2, 'b', '1', 5],
        [3, '', '', 0],
      ],
    )
  })

  test('a task whose empty result is a list, and lists that are empty objects', async () => {
    const task = { id: 31, entity_id: 501, entity_type: 'contacts', text: 'x', created_at: 1, complete_till: 2 }
    const tasks = [{ ...task, is_completed: false, result: [] }]
    assert.equal((await answering({ _embedded: { tasks } }).openTasksOn([entity], signal)).length, 1)
    const leads = [{ id: 901, pipeline_id: 1, status_id: 2, created_at: 1, updated_at: 1, _embedded: [] }]
    const crm = answering({ _embedded: { leads, pipelines: [] } })
    assert.deepEqual((await crm.leadsById([901], signal))[0]?.clients, [])
    assert.deepEqual(await answering({ _embedded: [] }).users(signal), [])
  })
})
