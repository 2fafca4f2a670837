import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, test } from 'vitest'
import type { JournalEntry, Store } from '../ports.ts'
import { openForWriting, prepareFile } from './connection.ts'
import { migrate } from './migrate.ts'
import { openStore } from './open-store.ts'
import { schema } from './schema.ts'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-upkeep-'))
  file = join(folder, 'state.db')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('given a file of an older format', () => {
  beforeEach(() => {
    prepareFile(file)
    const db = openForWriting(file)
    db.exec('PRAGMA auto_vacuum = NONE; VACUUM')
    migrate(db, schema.slice(0, -1))
    db.exec("INSERT INTO settings VALUES ('kept', 'yes')")
    db.close()
  })

  test('when it is opened, then it stands beside itself as it was, only once, and can shrink from now on', async () => {
    await (await openStore({ file }))[Symbol.asyncDispose]()
    await (await openStore({ file }))[Symbol.asyncDispose]()
    const kept = `state.db.format-${schema.length - 1}`
    assert.deepEqual((await readdir(folder)).toSorted(), ['state.db', kept, 'state.db.lock'].toSorted())
    assert.equal((await stat(join(folder, kept))).mode & 0o777, 0o600)
    using before = new DatabaseSync(join(folder, kept), { readOnly: true })
    assert.equal(before.prepare('PRAGMA user_version').get()?.['user_version'], schema.length - 1)
    assert.equal(before.prepare("SELECT value FROM settings WHERE name = 'kept'").get()?.['value'], 'yes')
    using after = new DatabaseSync(file, { readOnly: true })
    assert.equal(after.prepare('PRAGMA auto_vacuum').get()?.['auto_vacuum'], 2)
  })

  test('when it cannot be kept, then it is not changed', () => {
    const db = openForWriting(file)
    const fail = () => {
      throw new Error('no room')
    }
    assert.throws(() => migrate(db, schema, fail), /no room/)
    assert.equal(db.prepare('PRAGMA user_version').get()?.['user_version'], schema.length - 1)
    db.close()
  })
})

describe('a backup', () => {
  test('holds what was there when it began, while writes go on, and replaces an older one', async () => {
    await using store = await openStore({ file })
    await Promise.all(Array.from({ length: 300 }, (_, at) => store.journal.recordEnded(entry(`c${at}`), [])))
    const target = join(folder, 'deep', 'copy.db')
    const copying = store.upkeep.backup(target)
    await Promise.all(Array.from({ length: 100 }, (_, at) => store.journal.recordEnded(entry(`d${at}`), [])))
    const made = await copying
    assert.equal(made.bytes, (await stat(target)).size)
    assert.ok(count(target) >= 300)
    await store.upkeep.backup(target)
    assert.equal(count(target), 400)
    assert.deepEqual(await readdir(join(folder, 'deep')), ['copy.db'])
  })

  test('that cannot be made leaves nothing and says why', async () => {
    await using store = await openStore({ file })
    await assert.rejects(store.upkeep.backup(join(file, 'copy.db')), { name: 'StoreError', code: 'not-openable' })
  })

  function count(copy: string): number {
    using db = new DatabaseSync(copy, { readOnly: true })
    return Number(db.prepare('SELECT count(*) AS n FROM calls').get()?.['n'])
  }
})

describe('ages', () => {
  test('when events are old, then they go and the call stays whole', async () => {
    await using store = await openStore({ file })
    await store.journal.recordEnded(entry('old', 1_000), [])
    await store.journal.recordEnded(entry('new', 9_000), [])
    assert.equal(await store.upkeep.dropEvents(5_000, 10), true)
    assert.equal(await store.upkeep.dropEvents(5_000, 10), false)
    const old = await store.journal.find('pbx', 'old')
    assert.deepEqual([old?.events, old?.clientKey], [[], '9221532327'])
    assert.deepEqual(old?.call, entry('old', 1_000).call)
    assert.equal((await store.journal.find('pbx', 'new'))?.events.length, 1)
    assert.equal((await store.journal.sharing('pbx', ['old'])).length, 1)
  })

  test('when calls are old, then nobody is to be recognised in them, and the row is still the lock', async () => {
    await using store = await openStore({ file })
    await store.journal.recordEnded(entry('old', 1_000), [])
    await store.decisions.add('pbx', 'old', [{ at: 1, about: 'client', code: 'x', facts: { phone: '+79221532327' } }])
    assert.equal(await store.upkeep.fadeCalls(5_000, 10), true)
    assert.equal(await store.upkeep.fadeCalls(5_000, 10), false)
    const row = await store.journal.find('pbx', 'old')
    assert.equal(row?.clientKey, '')
    assert.deepEqual(
      { ...(row?.call as object) },
      {
        ...{ id: 'old', client: '', forgotten: true, line: '7001', answered: true, responsible: '101' },
        ...{ people: [], transfers: [], recordings: [], ivr: '' },
      },
    )
    assert.deepEqual(await store.decisions.of('pbx', 'old'), [])
    assert.equal(await store.journal.recordEnded(entry('old', 1_000), []), false)
    assert.equal(await store.lastTalks.with('9221532327'), undefined)
  })

  test('given much that has gone, when the file shrinks, then it does so bit by bit', async () => {
    await using store = await openStore({ file })
    await fill(store, 400)
    const before = await pages()
    while (await store.upkeep.dropEvents(1e15, 50));
    let turns = 0
    while (await store.upkeep.shrink(20)) turns += 1
    assert.ok(turns > 3)
    assert.ok((await pages()) < before / 2)
  })

  async function fill(store: Store, calls: number) {
    // Noise does not compress.
    const events = () => [{ noise: Array.from({ length: 400 }, () => Math.random().toString(36)).join('') }]
    await Promise.all(
      Array.from({ length: calls }, (_, at) => store.journal.recordEnded({ ...entry(`c${at}`), events: events() }, [])),
    )
  }

  async function pages(): Promise<number> {
    using db = new DatabaseSync(file, { readOnly: true })
    return Number(db.prepare('PRAGMA page_count').get()?.['page_count'])
  }
})

describe('a person who asks to be forgotten', () => {
  test('leaves nothing but the lock; what is still to be sent stays', async () => {
    await using store = await openStore({ file })
    const job = (key: string) => ({ key, kind: 'note', lane: 'k', urgency: 'live' as const, payload: { n: 1 } })
    await store.journal.recordEnded(entry('a'), [job('a:note'), job('a:dead'), job('a:open')])
    await store.outbox.change([
      { key: 'a:note', state: 'done' },
      { key: 'a:dead', state: 'dead', reason: 'no' },
    ])
    await store.contactIndex.upsert([
      { kind: 'contact', id: 7, name: 'Иван', owner: 1, keys: ['9221532327'], updatedAt: 1 },
    ])
    await store.contactIndex.rememberIncoming([{ key: '9221532327', uid: 'u', lead: 1, contact: 2 }])
    await store.callbackTasks.remember({
      ...{ key: '9221532327', task: 5, entity: { kind: 'contact', id: 7 }, calls: [], since: 1 },
    })
    const gone = await store.upkeep.forgetPerson({
      keys: ['9221532327'],
      calls: [{ pbx: 'pbx', id: 'a' }],
      jobKeys: ['a:note', 'a:dead', 'a:open'],
      decisions: [],
      clients: [{ kind: 'contact', id: 7 }],
      leads: [],
    })
    assert.deepEqual(gone, {
      ...{ calls: 1, jobs: 2, decisions: 0, callbackTasks: 1, incomingNumbers: 1, clients: 1, leads: 0 },
    })
    assert.equal((await store.outbox.get('a:open'))?.state, 'waiting')
    assert.deepEqual(await store.contactIndex.lookup('9221532327'), [])
    assert.equal(await store.contactIndex.incoming('9221532327'), undefined)
  })
})

function entry(id: string, endedAt = 5): JournalEntry {
  const call = {
    ...{ id, client: '+79221532327', line: '7001', answered: true, responsible: '101', ivr: '12' },
    people: [{ extension: '101', external: '+79990001122' }],
    transfers: [{ kind: 'blind', from: '101', to: '+79221532327', at: 1 }],
    recordings: ['in-+79221532327.wav'],
  }
  const row = { pbx: 'pbx', id, linkedids: [id], startedAt: endedAt - 5, endedAt, direction: 'in' }
  return { ...row, clientKey: '9221532327', call, events: [{ kind: 'rang', number: '+79221532327' }] }
}
