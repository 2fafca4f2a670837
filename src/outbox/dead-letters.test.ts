import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import { afterEach, beforeEach, test } from 'vitest'
import type { Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { doneAfter, handlerOf, job, startOutbox, until } from './_outbox-stage.ts'
import { storedJob } from './_stored-job.ts'
import { createDeadLetters, revived } from './dead-letters.ts'
import type { SendResult } from './job.ts'
import { tidyUp } from './tidy-up.ts'

let folder: string
let store: Store
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-dead-'))
  store = await openStore({ file: join(folder, 'state.db'), lingerMs: 0 })
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const dead = (seq: number, key: string, after?: string) => storedJob({ seq, key, after, state: 'dead' })
const chain = [dead(3, 'note', 'lead'), dead(2, 'lead', 'client'), dead(1, 'client'), dead(4, 'other')]
const keys = (changes: readonly { readonly key: string }[]) => changes.map(({ key }) => key)

test('a dead job is sent again with what it builds on and what died with it, bases first', () => {
  for (const chosen of ['note', 'lead', 'client'])
    assert.deepEqual(keys(revived(chain, new Set([chosen]), 5)), ['client', 'lead', 'note'], chosen)
  assert.deepEqual(keys(revived(chain, undefined, 5)), ['client', 'lead', 'note', 'other'])
  assert.deepEqual(revived(chain, new Set(['unknown']), 5), [])
})

test('given a refusal that was mended, when sent again, then the whole call is carried out', async () => {
  const taken: string[] = []
  let mended = false
  const refuse = async (jobs: readonly unknown[]): Promise<SendResult> => ({
    outcomes: jobs.map(() => ({ kind: 'refused', reason: 'no such stage' })),
  })
  const take = doneAfter((each) => taken.push(each.key))
  const handlers = [handlerOf('note', (jobs) => (mended ? take(jobs) : refuse(jobs)))]
  const first = job('1:lead', 'note', 'a')
  await using stage = startOutbox(store, { handlers }, [first, { ...job('1:note', 'note', 'a'), after: '1:lead' }])
  const letters = createDeadLetters(store.outbox, Date.now)
  await until(async () => (await letters.list(10)).length === 2)
  mended = true
  assert.deepEqual(await letters.retry(['1:note']), ['1:lead', '1:note'])
  stage.outbox.wake()
  await until(async () => (await store.outbox.counts()).done === 2)
  assert.deepEqual(taken, ['1:lead', '1:note'])
  assert.deepEqual(await letters.retry(undefined), [])
})

test('given up, a dead job is gone with what died with it', async () => {
  await store.outbox.add([job('1:lead', 'x', 'a'), { ...job('1:note', 'x', 'a'), after: '1:lead' }, job('2', 'x', 'b')])
  await store.outbox.change([
    { key: '1:lead', state: 'dead', reason: 'no' },
    { key: '2', state: 'dead', reason: 'no' },
  ])
  const letters = createDeadLetters(store.outbox, Date.now)
  assert.deepEqual((await letters.drop(['1:lead'])).toSorted(), ['1:lead', '1:note'])
  assert.deepEqual(keys(await letters.list(10)), ['2'])
  assert.deepEqual(await letters.drop(['1:lead']), [])
})

test('old done jobs are removed slice by slice, and a disk that refuses does not end that', async () => {
  await store.outbox.add(Array.from({ length: 450 }, (_, n) => job(`${n}`, 'x', `lane ${n}`)))
  await store.outbox.change(Array.from({ length: 450 }, (_, n) => ({ key: `${n}`, state: 'done' }) as const))
  const stop = new AbortController()
  let asked = 0
  const forgetDone = async (before: number, limit: number) => {
    asked += 1
    assert.ok(limit <= 200)
    return store.outbox.forgetDone(before, limit)
  }
  const log = { warn: () => undefined }
  const running = tidyUp({ store: { forgetDone }, now: () => Date.now() + 1000, keepMs: 0, log }, stop.signal)
  await until(async () => (await store.outbox.counts()).done === 0)
  await pass(120)
  stop.abort()
  await running
  assert.equal(asked, 4)
})
