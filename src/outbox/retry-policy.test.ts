import assert from 'node:assert/strict'
import { test } from 'vitest'
import { delayAfter, fromOneSecondToFiveMinutes } from './retry-policy.ts'

test('waits double from try to try, and five minutes at most', () => {
  const longest = (attempts: number) => delayAfter(fromOneSecondToFiveMinutes, attempts, 1)
  assert.deepEqual([1, 2, 3, 9, 10, 1000].map(longest), [1_000, 2_000, 4_000, 256_000, 300_000, 300_000])
})

test('jitter takes up to half of it away', () => {
  assert.equal(delayAfter(fromOneSecondToFiveMinutes, 3, 0), 2_000)
})

test('nothing was tried, nothing is waited for', () => {
  assert.equal(delayAfter(fromOneSecondToFiveMinutes, 0, 0.5), 0)
})
