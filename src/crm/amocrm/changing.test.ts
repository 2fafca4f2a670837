import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { connectedCrm } from '../../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import * as errors from '../errors.ts'
import type { NewCallNote, StoredCallNote, WriteOutcome } from '../port.ts'
import type { Amocrm } from './amocrm.ts'

const { signal } = new AbortController()
const start = Date.parse('2026-11-20T08:52:34Z')

let sandbox: Sandbox
let crm: Amocrm
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
  crm = connectedCrm(sandbox)
})
afterEach(() => sandbox[Symbol.asyncDispose]())

const idOf = (outcome: WriteOutcome | undefined): number =>
  outcome?.kind === 'written' ? outcome.id : assert.fail(`not written: ${JSON.stringify(outcome)}`)
const kinds = (outcomes: readonly WriteOutcome[]) => outcomes.map(({ kind }) => kind)

describe('tasks by id', () => {
  async function task(): Promise<number> {
    const entity = { kind: 'contact', id: sandbox.addContact({ name: 'Иван' }) } as const
    const [outcome] = await crm.createTasks(
      [{ entity, text: 'Перезвонить', owner: undefined, deadline: start }],
      signal,
    )
    return idOf(outcome)
  }

  test('are changed and completed with words', async () => {
    const [one, other] = [await task(), await task()]
    const outcomes = await crm.changeTasks(
      [
        { id: one, text: 'Перезвонить (2)', deadline: start + 3_600_000, owner: 7000002 },
        { id: other, completedWith: 'Поговорили' },
      ],
      signal,
    )
    assert.deepEqual(kinds(outcomes), ['written', 'written'])
    const [first, second] = sandbox.tasks()
    assert.deepEqual(
      [first?.text, first?.completeTill, first?.owner, first?.completed],
      ['Перезвонить (2)', start / 1000 + 3600, 7000002, false],
    )
    assert.deepEqual([second?.completed, second?.result, second?.text], [true, 'Поговорили', 'Перезвонить'])
    assert.deepEqual(
      (await crm.tasksById([one, other], signal)).map(({ id, completed, deadline }) => [id, completed, deadline]),
      [
        [one, false, start + 3_600_000],
        [other, true, start],
      ],
    )
  })

  test('given one a manager completed and one he deleted, then both are gone for us and left as they are', async () => {
    const [completed, deleted, open] = [await task(), await task(), await task()]
    sandbox.completeTask(completed, 'сам')
    sandbox.deleteTask(deleted)
    const outcomes = await crm.changeTasks(
      [completed, deleted, open].map((id) => ({ id, completedWith: 'мы' })),
      signal,
    )
    assert.deepEqual(kinds(outcomes), ['entity-gone', 'entity-gone', 'written'])
    assert.deepEqual(
      sandbox.tasks().map(({ result }) => result),
      ['сам', 'мы'],
    )
  })
})

describe('call notes', () => {
  const note = (id: number, change: Partial<NewCallNote> = {}): NewCallNote => ({
    entity: { kind: 'contact', id },
    uniq: 'main/17.2',
    direction: 'in',
    phone: '+79221532327',
    startedAt: start,
    talkSeconds: 8,
    status: 'answered',
    person: 7000001,
    author: 7000001,
    quiet: true,
    ...change,
  })

  test('are told anew as a whole; when they were made stays', async () => {
    const contact = sandbox.addContact({ name: 'Иван' })
    const [made] = await crm.createCallNotes([note(contact, { text: 'Ждал 5 с' })], signal)
    const change = { recordingUrl: 'https://pbx.example.com/r/1.mp3', talkSeconds: 9, text: 'Ждал 6 с' }
    const [outcome] = await crm.changeCallNotes([{ id: idOf(made), note: note(contact, change) }], signal)
    assert.equal(idOf(outcome), idOf(made))
    const [stored, ...others] = sandbox.callNotes()
    assert.deepEqual(others, [])
    assert.deepEqual(
      [stored?.link, stored?.seconds, stored?.result, stored?.uniq, stored?.createdAt, stored?.triggersAutomation],
      ['https://pbx.example.com/r/1.mp3', 9, 'Ждал 6 с', 'main/17.2', start / 1000, false],
    )
  })

  test('given an entity that is gone, then that is told, and the others are changed', async () => {
    const [gone, there] = [sandbox.addContact({ name: 'А' }), sandbox.addContact({ name: 'Б' })]
    const made = await crm.createCallNotes([note(gone), note(there)], signal)
    sandbox.deleteContact(gone)
    const outcomes = await crm.changeCallNotes(
      [gone, there].map((contact, at) => ({ id: idOf(made[at]), note: note(contact, { talkSeconds: 20 }) })),
      signal,
    )
    assert.deepEqual(kinds(outcomes), ['entity-gone', 'written'])
  })

  test('of each kind of entity are read by their time of change, other notes left out', async () => {
    const [contact, lead] = [sandbox.addContact({ name: 'А' }), sandbox.addLead({ name: 'Б' })]
    await crm.createCallNotes([note(contact), note(lead, { entity: { kind: 'lead', id: lead }, uniq: 'l' })], signal)
    const read = async (kind: 'contact' | 'lead' | 'company', since: number) => {
      const found: StoredCallNote[] = []
      for await (const page of crm.callNotesChangedSince(kind, since, signal)) found.push(...page)
      return found.map(({ uniq, entity }) => [uniq, entity.id])
    }
    assert.deepEqual(await read('contact', Date.now() - 60_000), [['main/17.2', contact]])
    assert.deepEqual(await read('lead', Date.now() - 60_000), [['l', lead]])
    assert.deepEqual(await read('company', Date.now() - 60_000), [])
  })
})

describe('popups', () => {
  test('of calls that ring together are one request; who stopped ringing is not in it', async () => {
    const turns: (() => void)[] = []
    const paced = connectedCrm(sandbox, {
      pace: {
        run: async (_urgency, request) => {
          await new Promise<void>((resolve) => turns.push(resolve))
          return request()
        },
      },
    })
    const over = new AbortController()
    const announced = [
      paced.announceCall('+79221532327', [7000001], signal),
      paced.announceCall('+79221532328', [7000001, 7000002], signal),
      paced.announceCall('+79221532329', [7000001], over.signal),
    ]
    await new Promise(setImmediate)
    over.abort()
    for (const turn of turns.splice(0)) turn()
    await Promise.all(announced)
    assert.deepEqual(
      sandbox.popups().map(({ phone }) => phone),
      ['+79221532327', '+79221532328'],
    )
    assert.equal(sandbox.requests().length, 1)
    const later = paced.announceCall('+79221532330', [], signal)
    await new Promise(setImmediate)
    for (const turn of turns.splice(0)) turn()
    await later
    assert.equal(sandbox.popups().length, 3)
  })

  test('given a request that fails, then everybody in it is told and the next ones go', async () => {
    sandbox.fault({ match: { path: '/api/v2/events' }, do: { kind: 'server-error' } })
    await assert.rejects(crm.announceCall('+79221532327', [], signal), errors.CrmOutcomeUnknown)
    await crm.announceCall('+79221532328', [], signal)
    assert.equal(sandbox.popups().length, 1)
  })
})

describe('raw requests', () => {
  test('go below the account with our authorisation, and nowhere else', async () => {
    const id = sandbox.addContact({ name: 'Иван' })
    const read = await crm.ask('GET', `/api/v4/contacts/${id}?with=leads`, undefined, signal)
    assert.ok(typeof read === 'object' && read !== null && 'name' in read && read.name === 'Иван')
    await crm.ask('PATCH', `/api/v4/contacts/${id}`, { name: 'Пётр' }, signal)
    assert.equal(sandbox.contacts()[0]?.name, 'Пётр')
    for (const path of [
      'https://evil.example/api/v4/x',
      '//evil.example/api/v4/x',
      '/oauth2/access_token',
      'api/v4/x',
      '/api/v4/../../oauth2/x',
    ])
      await assert.rejects(crm.ask('GET', path, undefined, signal), RangeError, path)
  })
})

test('users come with what they may do', async () => {
  const users = await crm.users(signal)
  const [anna, boris] = [7000001, 7000002].map((id) => users.find((user) => user.id === id))
  assert.deepEqual([anna?.admin, anna?.rights.contacts.view], [true, 'all'])
  assert.equal(boris?.admin, false)
})
