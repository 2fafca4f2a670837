import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest'
import type { JobChange, OutboxStore, Store, StoredJobInput } from '../ports.ts'
import { openStore } from './open-store.ts'
import { DUE } from './sqlite-outbox.ts'

let folder: string
let store: Store
let outbox: OutboxStore

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-jobs-'))
  store = await openStore({ file: join(folder, 'state.db'), now: () => 1000, lingerMs: 0 })
  outbox = store.outbox
})
afterEach(() => {
  const db = new DatabaseSync(join(folder, 'state.db'), { timeout: 1000 })
  db.exec('DELETE FROM lanes; DELETE FROM jobs')
  db.close()
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const dueKeys = async (now = 1000, limit = 100) => (await outbox.due(now, limit)).map(({ key }) => key)
const change = (key: string, state: JobChange['state'], more: Partial<JobChange> = {}) =>
  outbox.change([{ key, state, ...more }])

describe('what is due', () => {
  test('is the first open job of each lane, longest due first', async () => {
    await outbox.add([job('a1', 'a'), job('a2', 'a'), job('b1', 'b', { notBefore: 900 })])
    assert.deepEqual(await dueKeys(), ['b1', 'a1'])
    assert.deepEqual(await dueKeys(950), ['b1'])
    assert.deepEqual(await dueKeys(1000, 1), ['b1'])
  })

  test('moves on when the first is done', async () => {
    await outbox.add([job('a1', 'a'), job('a2', 'a')])
    await change('a1', 'done')
    assert.deepEqual(await dueKeys(), ['a2'])
  })

  test('a lane whose first job is being sent, or waits for its time, is closed', async () => {
    await outbox.add([job('a1', 'a'), job('a2', 'a'), job('b1', 'b'), job('b2', 'b')])
    await outbox.change([
      { key: 'a1', state: 'sending' },
      { key: 'b1', state: 'waiting', dueAt: 2000 },
    ])
    assert.deepEqual(await dueKeys(), [])
    assert.equal(await outbox.nextDueAt(), 2000)
    assert.deepEqual(await dueKeys(2000), ['b1'])
  })

  test('live goes before backfill, and a lane with a live job in it counts as live', async () => {
    const old = { urgency: 'backfill' } as const
    await outbox.add([job('a1', 'a', old), job('b1', 'b', old), job('c1', 'c'), job('b2', 'b')])
    assert.deepEqual(await dueKeys(), ['b1', 'c1', 'a1'])
  })

  test('a job waits for the one it builds on, also in another lane, and is given its result', async () => {
    await outbox.add([job('base', 'a'), job('note', 'b', { after: 'base' })])
    assert.deepEqual(await dueKeys(), ['base'])
    await change('base', 'done', { result: { id: 7 } })
    assert.deepEqual(await dueKeys(), ['note'])
    assert.deepEqual((await outbox.due(1000, 9))[0]?.given, { id: 7 })
  })

  test('a base that is opened again goes first', async () => {
    await outbox.add([job('base', 'a'), job('note', 'a', { after: 'base' })])
    await change('base', 'done')
    await outbox.change([
      { key: 'base', state: 'waiting' },
      { key: 'note', state: 'waiting' },
    ])
    assert.deepEqual(await dueKeys(), ['base'])
  })

  test('a job that may have been executed asks for proof whatever became of its base', async () => {
    await outbox.add([job('base', 'a'), job('note', 'b', { after: 'base' })])
    await change('base', 'done')
    await change('note', 'unproven', { dueAt: 1000 })
    await change('base', 'dead')
    assert.deepEqual(await dueKeys(), ['note'])
  })
})

describe('a dead base', () => {
  test('takes those with it that build on it, says so, and frees the lane', async () => {
    await outbox.add([
      job('contact', 'a'),
      job('lead', 'a', { after: 'contact' }),
      job('note', 'a', { after: 'lead' }),
      job('next call', 'a'),
    ])
    assert.deepEqual(await change('contact', 'dead', { reason: 'refused' }), ['lead', 'note'])
    assert.deepEqual(await dueKeys(), ['next call'])
    assert.equal((await outbox.get('note'))?.reason, 'the job it builds on is dead: lead')
    assert.deepEqual(
      (await outbox.dead(2)).map(({ key }) => key),
      ['note', 'lead'],
    )
  })

  test('reaches into other lanes, as soon as the job is the first there', async () => {
    await outbox.add([job('base', 'a'), job('b1', 'b'), job('b2', 'b', { after: 'base' }), job('b3', 'b')])
    assert.deepEqual(await change('base', 'dead'), [])
    assert.deepEqual(await change('b1', 'done'), ['b2'])
    assert.deepEqual(await dueKeys(), ['b3'])
  })

  test('a base that was never added counts as dead: nobody waits for what will never come', async () => {
    await outbox.add([job('note', 'a', { after: 'nothing' }), job('next', 'a')])
    assert.deepEqual(await dueKeys(), ['next'])
    assert.match((await outbox.get('note'))?.reason ?? '', /does not exist: nothing/)
  })

  test('the order in which a call’s jobs are said does not matter', async () => {
    await outbox.add([job('note', 'b', { after: 'base' }), job('base', 'a')])
    assert.deepEqual(await dueKeys(), ['base'])
  })
})

describe('changes', () => {
  test('what is left out stays, null clears', async () => {
    await outbox.add([job('a', 'a')])
    await change('a', 'sending', { attempts: 2, firstAttemptAt: 5, reason: 'slow' })
    await change('a', 'unproven', { lastAttemptEndedAt: 9, absences: 1, losses: 3 })
    const { attempts, firstAttemptAt, lastAttemptEndedAt, absences, losses, reason } = (await outbox.get('a')) ?? {}
    assert.deepEqual(
      { attempts, firstAttemptAt, lastAttemptEndedAt, absences, losses, reason },
      { attempts: 2, firstAttemptAt: 5, lastAttemptEndedAt: 9, absences: 1, losses: 3, reason: 'slow' },
    )
    await change('a', 'waiting', { firstAttemptAt: null, lastAttemptEndedAt: null, reason: null })
    const cleared = await outbox.get('a')
    assert.deepEqual(
      [cleared?.firstAttemptAt, cleared?.lastAttemptEndedAt, cleared?.reason],
      [undefined, undefined, undefined],
    )
  })

  test('all of them or none', async () => {
    await outbox.add([job('a', 'a')])
    const both = [
      { key: 'a', state: 'done' },
      { key: 'unknown', state: 'done' },
    ] as const
    await assert.rejects(outbox.change(both), { code: 'bad-input', message: /no job unknown/ })
    assert.equal((await outbox.get('a'))?.state, 'waiting')
  })

  test('a key said twice is one job, the first', async () => {
    await outbox.add([job('a', 'a', { payload: 1 })])
    await outbox.add([job('a', 'b', { payload: 2 })])
    assert.equal((await outbox.get('a'))?.payload, 1)
    assert.deepEqual(await dueKeys(), ['a'])
  })

  test('counts and ages are those of the jobs', async () => {
    await outbox.add(['a', 'b', 'c', 'd', 'e'].map((key) => job(key, key)))
    await outbox.change([
      { key: 'a', state: 'done' },
      { key: 'b', state: 'sending' },
      { key: 'c', state: 'unproven' },
      { key: 'd', state: 'dead' },
    ])
    assert.deepEqual(await outbox.counts(), { waiting: 1, sending: 1, unproven: 1, done: 1, dead: 1 })
    assert.equal(await outbox.oldestOpenAt(), 1000)
    assert.deepEqual(
      (await outbox.interrupted()).map(({ key }) => key),
      ['b'],
    )
  })

  test('waits measured by a clock that was ahead are cut, those asked for are kept', async () => {
    await outbox.add([
      job('a', 'a'),
      job('a2', 'a', { notBefore: 9_000 }),
      job('b', 'b', { notBefore: 8_000 }),
      job('c', 'c'),
    ])
    await change('a', 'waiting', { dueAt: 7_000 })
    await change('b', 'waiting', { dueAt: 8_500 })
    await outbox.capDue(2_000)
    const dueAts = await Promise.all(['a', 'a2', 'b', 'c'].map(async (key) => (await outbox.get(key))?.dueAt))
    assert.deepEqual(dueAts, [2_000, 9_000, 8_000, 1_000])
    assert.equal(await outbox.nextDueAt(), 1_000)
    assert.deepEqual(await dueKeys(2_000), ['c', 'a'])
  })
})

test('what is due is read from indices alone, without sorting', async () => {
  const db = new DatabaseSync(join(folder, 'state.db'), { readOnly: true })
  const plan = db
    .prepare(`EXPLAIN QUERY PLAN ${DUE}`)
    .all()
    .map(({ detail }) => String(detail))
  db.close()
  assert.deepEqual(plan, [
    'SEARCH lanes USING COVERING INDEX lanes_ready (urgency=? AND ready_at>? AND ready_at<?)',
    'SEARCH job USING INTEGER PRIMARY KEY (rowid=?)',
    'SEARCH base USING INDEX sqlite_autoindex_jobs_1 (key=?) LEFT-JOIN',
  ])
})

describe('giving up', () => {
  test('done jobs go when they are old, in slices, but not while an open job builds on them', async () => {
    await outbox.add([job('a1', 'a'), job('a2', 'a'), job('b1', 'b'), job('b2', 'b', { after: 'b1' })])
    for (const key of ['a1', 'a2', 'b1']) await change(key, 'done')
    assert.equal(await outbox.forgetDone(1000, 10), false)
    assert.equal(await outbox.forgetDone(1001, 1), true)
    assert.equal(await outbox.get('a1'), undefined)
    assert.equal((await outbox.get('a2'))?.state, 'done')
    assert.equal(await outbox.forgetDone(1001, 10), true)
    assert.equal(await outbox.forgetDone(1001, 10), false)
    assert.equal((await outbox.get('b1'))?.state, 'done')
    assert.deepEqual(await dueKeys(), ['b2'])
    assert.equal((await outbox.counts()).done, 1)
  })

  test('a dead job goes with what builds on it; a living one does not', async () => {
    await outbox.add([
      job('a1', 'a'),
      job('a2', 'a', { after: 'a1' }),
      job('c1', 'c'),
      job('c2', 'c', { after: 'a2' }),
      job('c3', 'c'),
    ])
    await change('a1', 'dead', { reason: 'refused' })
    assert.deepEqual((await outbox.forgetDead(['a1', 'c1', 'x'])).toSorted(), ['a1'])
    assert.equal((await outbox.get('a2'))?.state, 'dead')
    assert.deepEqual(await outbox.forgetDead(['a2']), ['a2'])
    await change('c1', 'done')
    assert.equal((await outbox.get('c2'))?.state, 'dead')
    assert.deepEqual(await outbox.forgetDead(['c2']), ['c2'])
    assert.deepEqual(await dueKeys(), ['c3'])
  })

  test('what waits in line behind nothing else is removed with its base', async () => {
    await outbox.add([job('a1', 'a'), job('b1', 'b', { after: 'a1' })])
    await outbox.change([{ key: 'a1', state: 'sending' }])
    await change('a1', 'dead', { reason: 'refused' })
    assert.deepEqual((await outbox.dead(10)).map(({ key }) => key).toSorted(), ['a1', 'b1'])
    assert.deepEqual((await outbox.forgetDead(['a1', 'b1'])).toSorted(), ['a1', 'b1'])
    assert.deepEqual(await dueKeys(), [])
  })
})

function job(key: string, lane: string, given: Partial<StoredJobInput> = {}): StoredJobInput {
  return { key, kind: 'note', lane, urgency: 'live', payload: {}, ...given }
}
