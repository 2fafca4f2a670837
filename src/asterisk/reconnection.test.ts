import { expect, test } from 'vitest'
import { attemptAfter, type LinkFailure, reconnectDelay } from './reconnection.ts'

const failures: readonly LinkFailure[] = ['lost', 'loading', 'refused', 'replaced']

test('given an Asterisk that is gone, when tries fail one after another, then waits grow from half a second to fifteen', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7].map((attempt) => reconnectDelay('lost', attempt, 0.9999))
  expect(waits.map((wait) => Math.round(wait / 500) * 500)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000])
})

test('given many services that lost one Asterisk, when they wait, then they do not wait the same time', () => {
  expect(reconnectDelay('lost', 6, 0)).toBe(7500)
  expect(reconnectDelay('lost', 6, 0.5)).toBe(11_250)
})

test('given any failure and any number of tries, when the wait is worked out, then there is always a next try, never sooner than half a second', () => {
  for (const failure of failures) {
    for (const attempt of [1, 2, 10, 1000, 1_000_000]) {
      for (const random of [0, 0.3, 0.999]) {
        const wait = reconnectDelay(failure, attempt, random)
        expect(wait).toBeGreaterThanOrEqual(500)
        expect(wait).toBeLessThanOrEqual(60_000)
      }
    }
  }
})

test('given a refusal that only an administrator can mend, when it repeats, then tries are slow from the first on', () => {
  expect(reconnectDelay('refused', 1, 0)).toBe(30_000)
  expect(reconnectDelay('refused', 50, 0)).toBe(30_000)
})

test('given a link that breaks right after it stood, when it is counted, then waits go on growing; a good link starts anew', () => {
  expect(attemptAfter(2_000, 4)).toBe(5)
  expect(attemptAfter(30_000, 4)).toBe(1)
})
