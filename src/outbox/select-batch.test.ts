import assert from 'node:assert/strict'
import { test } from 'vitest'
import { storedJob } from './_stored-job.ts'
import { selectBatch } from './select-batch.ts'

const keysOf = (jobs: Parameters<typeof selectBatch>[0], limit = 100) =>
  selectBatch(jobs, () => limit)?.jobs.map(({ key }) => key)

test('given nothing due, nothing travels', () => {
  assert.equal(
    selectBatch([], () => 100),
    undefined,
  )
})

test('jobs of the first one’s kind travel together, in order', () => {
  const jobs = [
    storedJob({ key: 'a', kind: 'note' }),
    storedJob({ key: 'b', kind: 'task' }),
    storedJob({ key: 'c', kind: 'note' }),
  ]
  assert.deepEqual(keysOf(jobs), ['a', 'c'])
})

test('no more than fit', () => {
  assert.deepEqual(keysOf([storedJob({ key: 'a' }), storedJob({ key: 'b' }), storedJob({ key: 'c' })], 2), ['a', 'b'])
})

test('what may have been executed travels apart: it asks, it does not send', () => {
  const jobs = [
    storedJob({ key: 'a', state: 'unproven' }),
    storedJob({ key: 'b' }),
    storedJob({ key: 'c', state: 'unproven' }),
  ]
  assert.deepEqual(keysOf(jobs), ['a', 'c'])
  assert.equal(selectBatch(jobs, () => 9)?.stage, 'prove')
})

test('a job that failed often does not travel with healthy ones', () => {
  const jobs = [
    storedJob({ key: 'a' }),
    storedJob({ key: 'b', attempts: 5 }),
    storedJob({ key: 'c' }),
    storedJob({ key: 'd', attempts: 9 }),
  ]
  assert.deepEqual(keysOf(jobs), ['a', 'c'])
  assert.deepEqual(keysOf(jobs.slice(1)), ['b', 'd'])
})

test('a call of the moment does not travel with old ones, which are heavier and would keep it waiting', () => {
  const jobs = [
    storedJob({ key: 'a', urgency: 'live' }),
    storedJob({ key: 'b', urgency: 'backfill' }),
    storedJob({ key: 'c', urgency: 'live' }),
    storedJob({ key: 'd', urgency: 'backfill' }),
  ]
  assert.deepEqual(keysOf(jobs), ['a', 'c'])
  assert.deepEqual(keysOf(jobs.slice(1)), ['b', 'd'])
})
