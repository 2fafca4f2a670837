import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, test } from 'vitest'
import type { IndexedLead } from '../crm-state-ports.ts'
import type { JournalEntry, Store } from '../ports.ts'
import { migrate } from './migrate.ts'
import { openStore } from './open-store.ts'
import { schema } from './schema.ts'
import { LAST_TALK } from './sqlite-last-talks.ts'

let folder: string
let file: string
let store: Store
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-crm-state-'))
  file = join(folder, 'state.db')
  store = await openStore({ file, lingerMs: 0 })
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const contact = (id: number) => ({ kind: 'contact', id }) as const
const company = (id: number) => ({ kind: 'company', id }) as const

describe('open leads', () => {
  function lead(id: number, given: Partial<IndexedLead> = {}): IndexedLead {
    const base = { name: `lead ${id}`, owner: 7, pipeline: 4400, status: 44001, open: true, updatedAt: id }
    return { id, ...base, clients: [contact(501)], ...given }
  }
  const idsOf = async (...clients: Parameters<Store['leads']['openLeadsOf']>[0]) =>
    (await store.leads.openLeadsOf(clients)).map(({ id }) => id)

  test('are found by any of their clients, the latest changed first, each once', async () => {
    const both = lead(901, { clients: [contact(501), company(801)], updatedAt: 50 })
    await store.leads.upsertLeads([both, lead(902, { updatedAt: 70 }), lead(903, { clients: [contact(801)] })])
    assert.deepEqual(await idsOf(contact(501), company(801)), [902, 901])
    assert.deepEqual(await store.leads.openLeadsOf([company(801)]), [both])
    assert.deepEqual(await idsOf(contact(502)), [])
    assert.deepEqual(await idsOf(), [])
  })

  test('follow a change of clients', async () => {
    await store.leads.upsertLeads([lead(901)])
    await store.leads.upsertLeads([lead(901, { clients: [contact(502)] })])
    assert.deepEqual([await idsOf(contact(501)), await idsOf(contact(502))], [[], [901]])
  })

  test('are forgotten when they close or are removed, and counted', async () => {
    await store.leads.upsertLeads([lead(901), lead(902), lead(903)])
    await store.leads.upsertLeads([lead(901, { open: false, status: 142 }), lead(999, { open: false })])
    await store.leads.removeLead(902)
    assert.deepEqual(await idsOf(contact(501)), [903])
    assert.equal((await store.leads.leadProgress()).leads, 1)
  })

  test('remember how far they were read', async () => {
    assert.deepEqual(await store.leads.leadProgress(), { complete: false, cursor: undefined, leads: 0 })
    await store.leads.saveLeadProgress({ complete: true, cursor: 1795164754000 })
    assert.deepEqual(await store.leads.leadProgress(), { complete: true, cursor: 1795164754000, leads: 0 })
  })

  test('given a pass that began, those not told again since are unseen', async () => {
    await store.leads.upsertLeads([lead(901), lead(902)])
    await store.leads.beginLeadPass()
    await store.leads.upsertLeads([lead(902)])
    assert.deepEqual(
      (await store.leads.unseenLeads(10)).map(({ id }) => id),
      [901],
    )
  })
})

describe('the callback task of a number', () => {
  const task = { key: '9221532327', task: 31, entity: { kind: 'lead', id: 901 }, calls: ['pbx/1.1'], since: 5 } as const

  test('is one: the latest stays, until it is forgotten', async () => {
    assert.equal(await store.callbackTasks.openFor(task.key), undefined)
    await store.callbackTasks.remember(task)
    const twice = { ...task, calls: ['pbx/1.1', 'pbx/1.2'] }
    await store.callbackTasks.remember(twice)
    await store.callbackTasks.remember({ ...task, key: '9221532328' })
    assert.deepEqual(await store.callbackTasks.openFor(task.key), twice)
    await store.callbackTasks.forget(task.key)
    assert.equal(await store.callbackTasks.openFor(task.key), undefined)
    assert.equal((await store.callbackTasks.openFor('9221532328'))?.task, 31)
  })
})

describe('decisions', () => {
  test('are kept with their call, in the order they were made, before it has a row', async () => {
    const first = { at: 9, about: 'client', code: 'only-one', facts: { contact: 501, name: 'Иван', known: true } }
    const second = { at: 3, about: 'route', code: 'unregistered', facts: {} }
    await store.decisions.add('pbx', '1.1', [first])
    await store.decisions.add('pbx', '1.1', [second])
    await store.decisions.add('pbx', '1.2', [second])
    await store.decisions.add('pbx', '1.2', [])
    assert.deepEqual(await store.decisions.of('pbx', '1.1'), [first, second])
    assert.deepEqual(await store.decisions.of('other', '1.1'), [])
  })
})

describe('the last talk with a number', () => {
  function entry(id: string, endedAt: number, call: unknown, clientKey = 'k'): JournalEntry {
    return { pbx: 'pbx', id, linkedids: [id], startedAt: 1, endedAt, direction: 'in', clientKey, call, events: [] }
  }
  const talk = (extension: string) => ({ answered: true, responsible: extension })

  test('is the latest call somebody talked in, whatever was told later', async () => {
    assert.equal(await store.lastTalks.with('k'), undefined)
    await store.journal.recordEnded(entry('2', 200, talk('102')), [])
    await store.journal.recordEnded(entry('1', 100, talk('101')), [])
    await store.journal.recordEnded(entry('3', 300, { answered: false, responsible: '' }), [])
    await store.journal.recordEnded(entry('4', 400, { answered: true, responsible: '' }), [])
    await store.journal.recordEnded(entry('5', 500, null), [])
    assert.deepEqual(await store.lastTalks.with('k'), { extension: '102', at: 200 })
    assert.equal(await store.lastTalks.with('other'), undefined)
  })

  test('a hidden number is nobody', async () => {
    await store.journal.recordEnded(entry('1', 100, talk('101'), ''), [])
    assert.equal(await store.lastTalks.with(''), undefined)
  })

  test('is answered by an index alone', () => {
    const db = new DatabaseSync(':memory:')
    migrate(db, schema)
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${LAST_TALK}`).all('k')
    assert.match(String(plan[0]?.['detail']), /USING (COVERING )?INDEX calls_by_talk/)
    assert.ok(!plan.some(({ detail }) => String(detail).includes('TEMP B-TREE')))
  })
})
