import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { connectedCrm } from '../../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import type { Crm, NewCallNote, WriteOutcome } from '../port.ts'

const { signal } = new AbortController()
const start = Date.parse('2026-11-20T08:52:34Z')

let sandbox: Sandbox
let crm: Crm
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
  crm = connectedCrm(sandbox)
})
afterEach(() => sandbox[Symbol.asyncDispose]())

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
