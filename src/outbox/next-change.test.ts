import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import type { StoredJob } from '../store/ports.ts'
import { storedJob } from './_stored-job.ts'
import type { Outcome, Proof } from './job.ts'
import { afterInterruption, afterOutcome, afterProof, beginAttempt } from './next-change.ts'
import { twiceAfterThirtySeconds } from './proof-policy.ts'
import { fromOneSecondToFiveMinutes } from './retry-policy.ts'

const policies = { retry: fromOneSecondToFiveMinutes, proof: twiceAfterThirtySeconds }
const circumstances = { now: 1_000_000, steady: 900_000, random: 1 }

describe('an attempt begins', () => {
  test('counted and dated before bytes leave', () => {
    assert.deepEqual(beginAttempt(storedJob({ key: 'a' }), 5_000), {
      key: 'a',
      state: 'sending',
      attempts: 1,
      firstAttemptAt: 5_000,
    })
  })

  test('the first attempt keeps its date, unless the clock was set back before it', () => {
    const again = storedJob({ attempts: 1, firstAttemptAt: 4_000 })
    assert.equal(beginAttempt(again, 5_000).firstAttemptAt, 4_000)
    assert.equal(beginAttempt(again, 3_000).firstAttemptAt, 3_000)
  })
})

describe('an attempt ends', () => {
  const outcome = (kind: Outcome, job: StoredJob = storedJob({ key: 'a' }), rests?: number) =>
    afterOutcome(job, kind, circumstances, policies, rests)

  test('done: the result is kept for who builds on it', () => {
    assert.deepEqual(outcome({ kind: 'done', result: { id: 7 } }), [
      { key: 'a', state: 'done', result: { id: 7 }, reason: null },
    ])
  })

  test('refused: dead, with the reason for a person', () => {
    assert.deepEqual(outcome({ kind: 'refused', reason: 'no such user' }), [
      { key: 'a', state: 'dead', reason: 'no such user' },
    ])
  })

  test('retry: waits, longer each time', () => {
    const third = outcome({ kind: 'retry', reason: 'refused' }, storedJob({ key: 'a', attempts: 2 }))
    assert.deepEqual(third, [{ key: 'a', state: 'waiting', reason: 'refused', dueAt: 1_004_000 }])
  })

  test('retry because the account rests: not this job’s failure, so it is not counted and waits for the account only', () => {
    const job = storedJob({ key: 'a', attempts: 2, firstAttemptAt: 3 })
    assert.deepEqual(outcome({ kind: 'retry', reason: '429' }, job, 1_007_000), [
      { key: 'a', state: 'waiting', reason: '429', dueAt: 1_007_000, attempts: 2, firstAttemptAt: 3 },
    ])
  })

  test('ambiguous: proof is sought from five seconds later on, counted from zero', () => {
    assert.deepEqual(outcome({ kind: 'ambiguous', reason: '504' }, storedJob({ key: 'a', absences: 1 })), [
      { key: 'a', state: 'unproven', reason: '504', dueAt: 1_005_000, lastAttemptEndedAt: 900_000, absences: 0 },
    ])
  })

  test('lost ground: the job it builds on starts afresh first, then this one', () => {
    const note = storedJob({ key: 'note', after: 'contact', attempts: 3, firstAttemptAt: 3 })
    const fresh = { attempts: 0, firstAttemptAt: null, lastAttemptEndedAt: null, absences: 0 }
    assert.deepEqual(outcome({ kind: 'lost-ground', reason: 'merged' }, note), [
      { key: 'contact', state: 'waiting', dueAt: 1_000_000, reason: 'merged', ...fresh },
      { key: 'note', state: 'waiting', dueAt: 1_000_000, reason: 'merged', ...fresh, losses: 1 },
    ])
  })

  test('lost ground with nothing to go back to, or again and again: dead', () => {
    const states = (job: StoredJob) => outcome({ kind: 'lost-ground', reason: 'gone' }, job).map(({ state }) => state)
    assert.deepEqual(states(storedJob()), ['dead'])
    assert.deepEqual(states(storedJob({ after: 'contact', losses: 4 })), ['waiting', 'waiting'])
    assert.deepEqual(states(storedJob({ after: 'contact', losses: 5 })), ['dead'])
  })

  test('the service died meanwhile: like ambiguous', () => {
    const change = afterInterruption(storedJob({ state: 'sending', absences: 1 }), circumstances, policies.proof)
    assert.deepEqual(
      [change.state, change.dueAt, change.lastAttemptEndedAt, change.absences],
      ['unproven', 1_005_000, 900_000, 0],
    )
  })
})

describe('a look for proof', () => {
  const attemptEnded = 800_000
  const job = storedJob({ key: 'a', state: 'unproven', attempts: 1, lastAttemptEndedAt: attemptEnded })
  const look = (proof: Proof, secondsLater: number, given: Partial<StoredJob> = {}, watchingSince = 0) =>
    afterProof(
      { ...job, ...given },
      proof,
      { at: attemptEnded + secondsLater * 1000, watchingSince },
      circumstances,
      policies,
    )

  test('found: done, however early', () => {
    assert.deepEqual(look({ kind: 'found', result: 7 }, 1), { key: 'a', state: 'done', result: 7, reason: null })
  })

  test('absent too early does not count: a timed-out request may still execute', () => {
    assert.deepEqual(look({ kind: 'absent' }, 29), { key: 'a', state: 'unproven', dueAt: 1_001_000 })
  })

  test('absent once after 30 s: looked for once more', () => {
    assert.deepEqual(look({ kind: 'absent' }, 30), { key: 'a', state: 'unproven', absences: 1, dueAt: 1_010_000 })
  })

  test('absent twice: sent again at once, the next times later and later', () => {
    const twice = { absences: 1 }
    assert.deepEqual(look({ kind: 'absent' }, 40, twice), { key: 'a', state: 'waiting', absences: 0, dueAt: 1_000_000 })
    assert.equal(look({ kind: 'absent' }, 40, { ...twice, attempts: 4 }).dueAt, 1_004_000)
  })

  test('an attempt of the process before is trusted to be 30 s old only when this process has seen 30 s', () => {
    assert.equal(look({ kind: 'absent' }, 3600, {}, attemptEnded + 3_590_000).absences, undefined)
    assert.equal(look({ kind: 'absent' }, 3600, {}, attemptEnded + 3_570_000).absences, 1)
  })

  test('an attempt that ends in the future (another clock wrote it) counts from the start of this process', () => {
    const end = { lastAttemptEndedAt: attemptEnded + 9_000_000 }
    assert.equal(look({ kind: 'absent' }, 20, end, attemptEnded).absences, undefined)
    assert.equal(look({ kind: 'absent' }, 30, end, attemptEnded).absences, 1)
  })

  test('no look possible: again later, ever less often', () => {
    const dueAfter = (seconds: number) => (look({ kind: 'unknown', reason: 'down' }, seconds).dueAt ?? 0) - 1_000_000
    assert.deepEqual([1, 60, 36_000].map(dueAfter), [10_000, 30_000, 300_000])
  })
})
