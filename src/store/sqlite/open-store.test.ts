import assert from 'node:assert/strict'
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, test } from 'vitest'
import type { IndexedClient, JournalEntry, StoredJobInput } from '../ports.ts'
import { StoreError } from '../store-error.ts'
import { openStore } from './open-store.ts'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-store-'))
  file = join(folder, 'deep', 'state.db')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the file', () => {
  test('is made with its folder, legible to its owner only, side files too', async () => {
    await using store = await openStore({ file })
    await store.settings.set('a', 'b')
    for (const name of await readdir(join(folder, 'deep'))) {
      const { mode } = await stat(join(folder, 'deep', name))
      assert.equal(mode & 0o777, 0o600, name)
    }
  })

  test('given a looser mode, it is tightened', async () => {
    await (await openStore({ file }))[Symbol.asyncDispose]()
    await chmod(file, 0o644)
    await using _store = await openStore({ file })
    assert.equal((await stat(file)).mode & 0o777, 0o600)
  })

  test('keeps everything over a restart and leaves no log behind', async () => {
    const first = await openStore({ file })
    await first.settings.set('started', '17')
    await first[Symbol.asyncDispose]()
    assert.deepEqual((await readdir(join(folder, 'deep'))).toSorted(), ['state.db', 'state.db.lock'])
    await using second = await openStore({ file })
    assert.equal(await second.settings.get('started'), '17')
  })

  test('serves one Callweave at a time, and the second is told who has it', async () => {
    await using _first = await openStore({ file })
    await assert.rejects(openStore({ file }), (error) => {
      assert(error instanceof StoreError)
      assert.equal(error.code, 'in-use')
      assert.match(error.message, new RegExp(`process ${process.pid}\\. Stop the other`))
      return true
    })
  })

  test('is free again as soon as it was closed', async () => {
    await (await openStore({ file }))[Symbol.asyncDispose]()
    await (await openStore({ file }))[Symbol.asyncDispose]()
  })

  test('written by a later version is refused and left alone', async () => {
    await (await openStore({ file }))[Symbol.asyncDispose]()
    const db = new DatabaseSync(file)
    db.exec('PRAGMA user_version = 999')
    db.close()
    await refusedAs('newer')
  })

  test('of another program is refused', async () => {
    await (await openStore({ file: join(folder, 'deep', 'other.db') }))[Symbol.asyncDispose]()
    const db = new DatabaseSync(file)
    db.exec('CREATE TABLE theirs (a)')
    db.close()
    await refusedAs('foreign')
  })

  test('that is no database is refused', async () => {
    await (await openStore({ file: join(folder, 'deep', 'other.db') }))[Symbol.asyncDispose]()
    await writeFile(file, 'lines of text, '.repeat(1000))
    await refusedAs('corrupt')
  })

  test('in a place that is no folder is refused', async () => {
    await writeFile(join(folder, 'plain'), '')
    file = join(folder, 'plain', 'state.db')
    await refusedAs('not-openable')
  })

  async function refusedAs(code: string) {
    await assert.rejects(openStore({ file }), (error) => error instanceof StoreError && error.code === code)
  }
})

describe('decisions', () => {
  const one = [{ at: 1, about: 'client', code: 'x', facts: {} }]

  test('wait a moment for company, and go with whatever is written next', async () => {
    await using store = await openStore({ file })
    await store.settings.set('warm', 'up')
    const order: string[] = []
    const decided = store.decisions.add('pbx', '1.1', one).then(() => order.push('decided'))
    const set = store.settings.set('a', 'b').then(() => order.push('set'))
    await Promise.all([decided, set])
    assert.deepEqual(order, ['decided', 'set'])
  })

  test('go alone when nobody comes, and at the end', async () => {
    const store = await openStore({ file })
    await store.decisions.add('pbx', '1.1', one)
    const last = store.decisions.add('pbx', '1.1', one)
    await store[Symbol.asyncDispose]()
    await last
    await using again = await openStore({ file })
    assert.equal((await again.decisions.of('pbx', '1.1')).length, 2)
  })
})

describe('closing', () => {
  test('writes what waits and refuses what comes later', async () => {
    const store = await openStore({ file, lingerMs: 1000 })
    const written = store.settings.set('last', 'word')
    await store[Symbol.asyncDispose]()
    await written
    await assert.rejects(store.settings.set('too', 'late'), { code: 'closed' })
    await assert.rejects(store.settings.get('last'), { code: 'closed' })
    await using again = await openStore({ file })
    assert.equal(await again.settings.get('last'), 'word')
  })
})

describe('the journal', () => {
  test('takes a call once, with its jobs, and says so', async () => {
    await using store = await openStore({ file })
    assert.equal(await store.journal.recordEnded(entry('1.1'), [job('1.1:note')]), true)
    assert.equal(await store.journal.recordEnded(entry('1.1'), [job('1.1:other')]), false)
    assert.equal((await store.outbox.get('1.1:note'))?.state, 'waiting')
    assert.equal(await store.outbox.get('1.1:other'), undefined)
  })

  test('takes one of two that come at the same moment', async () => {
    await using store = await openStore({ file })
    const both = [store.journal.recordEnded(entry('1.1'), []), store.journal.recordEnded(entry('1.1'), [])]
    assert.deepEqual((await Promise.all(both)).toSorted(), [false, true])
  })

  test('finds a call by its id and by every linkedid it ever had', async () => {
    await using store = await openStore({ file })
    const whole = entry('1.1', { linkedids: ['1.1', '1.7', '1.1'], events: [{ kind: 'rang', at: 3 }] })
    await store.journal.recordEnded(whole, [])
    const expected = { ...whole, linkedids: ['1.1', '1.7'] }
    assert.deepEqual(await store.journal.find('pbx', '1.1'), expected)
    assert.deepEqual(await store.journal.find('pbx', '1.7'), expected)
    assert.equal(await store.journal.find('pbx', '1.8'), undefined)
    assert.equal(await store.journal.find('other', '1.1'), undefined)
  })

  test('prefers the id to a linkedid of another call', async () => {
    await using store = await openStore({ file })
    await store.journal.recordEnded(entry('1.1', { linkedids: ['1.1', '1.2'], startedAt: 1 }), [])
    await store.journal.recordEnded(entry('1.2', { startedAt: 2 }), [])
    assert.equal((await store.journal.find('pbx', '1.2'))?.id, '1.2')
  })

  test('lists a period in order, ends included, over many pages', async () => {
    await using store = await openStore({ file })
    const calls = Array.from({ length: 450 }, (_, at) => entry(`c${at}`, { startedAt: 1000 + (at >> 2) }))
    await Promise.all(calls.map((call) => store.journal.recordEnded(call, [])))
    const found = await store.journal.startedBetween('pbx', 1001, 1111)
    assert.equal(found.length, 444)
    assert.deepEqual([found[0]?.startedAt, found.at(-1)?.startedAt], [1001, 1111])
    assert.equal(new Set(found.map(({ id }) => id)).size, 444)
  })

  test('refuses a call whose instant is no number, and nobody beside it suffers', async () => {
    await using store = await openStore({ file })
    const bad = store.journal.recordEnded(entry('bad', { startedAt: Number.NaN }), [job('bad:note')])
    const good = store.journal.recordEnded(entry('good'), [job('good:note')])
    await assert.rejects(bad, { code: 'bad-input' })
    assert.equal(await good, true)
    assert.equal(await store.outbox.get('bad:note'), undefined)
  })
})

describe('the contact index', () => {
  test('finds every client of a number, the oldest first', async () => {
    await using store = await openStore({ file })
    await store.contactIndex.upsert([client(7, ['k1', 'k2']), client(3, ['k1']), client(5, ['k3'])])
    assert.deepEqual(await idsOf('k1'), [3, 7])
    assert.deepEqual(await store.contactIndex.lookup('k2'), [client(7, ['k1', 'k2'])])
    assert.deepEqual(await store.contactIndex.lookup('nobody'), [])
    assert.equal((await store.contactIndex.progress()).clients, 3)

    async function idsOf(key: string) {
      return (await store.contactIndex.lookup(key)).map(({ id }) => id)
    }
  })

  test('follows a client who changes number, and forgets one who is removed', async () => {
    await using store = await openStore({ file })
    await store.contactIndex.upsert([client(7, ['old', 'both'])])
    await store.contactIndex.upsert([client(7, ['both', 'new'])])
    assert.deepEqual(await store.contactIndex.lookup('old'), [])
    assert.equal((await store.contactIndex.lookup('new')).length, 1)
    await store.contactIndex.remove('company', 7)
    assert.equal((await store.contactIndex.lookup('new')).length, 1)
    await store.contactIndex.remove('contact', 7)
    assert.deepEqual(await store.contactIndex.lookup('both'), [])
    assert.equal((await store.contactIndex.progress()).clients, 0)
  })

  test('remembers how far it was filled', async () => {
    await using store = await openStore({ file })
    assert.deepEqual(await store.contactIndex.progress(), { complete: false, cursor: undefined, clients: 0 })
    await store.contactIndex.saveProgress({ complete: true, cursor: 1795164754000 })
    assert.deepEqual(await store.contactIndex.progress(), { complete: true, cursor: 1795164754000, clients: 0 })
  })
})

function entry(id: string, given: Partial<JournalEntry> = {}): JournalEntry {
  const times = { startedAt: 1795164754000, endedAt: 1795164764000 }
  return {
    pbx: 'pbx',
    id,
    linkedids: [id],
    ...times,
    direction: 'in',
    clientKey: 'k',
    call: { id },
    events: [],
    ...given,
  }
}

function job(key: string): StoredJobInput {
  return { key, kind: 'note', lane: 'k', urgency: 'live', payload: { key } }
}

function client(id: number, keys: readonly string[]): IndexedClient {
  return { kind: 'contact', id, name: `client ${id}`, owner: 1, keys, updatedAt: 5 }
}
