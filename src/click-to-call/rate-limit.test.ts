import { expect, test } from 'vitest'
import { createRateLimit } from './rate-limit.ts'

test('given a burst of three and one a second, when somebody floods, then three pass and one more every second', () => {
  let now = 0
  const mayPass = createRateLimit({ burst: 3, perSecond: 1 }, () => now)
  const tries = () => [1, 2, 3, 4, 5].filter(() => mayPass('a')).length
  expect(tries()).toBe(3)
  now += 999
  expect(tries()).toBe(0)
  now += 2_000
  expect(tries()).toBe(2)
  now += 3_600_000
  expect(tries()).toBe(3)
})

test('given one who floods, when another comes, then the other passes', () => {
  const mayPass = createRateLimit({ burst: 1, perSecond: 0 }, () => 0)
  expect([mayPass('a'), mayPass('a'), mayPass('b')]).toEqual([true, false, true])
})

test('given a clock that was set back, when somebody comes, then nothing is won', () => {
  let now = 10_000
  const mayPass = createRateLimit({ burst: 1, perSecond: 1 }, () => now)
  expect(mayPass('a')).toBe(true)
  now = 0
  expect(mayPass('a')).toBe(false)
})
