import { expect, test } from 'vitest'
import { trustClock } from './clock-trust.ts'

const HOUR = 3_600_000
const WALL = Date.UTC(2026, 10, 20)

test('given a start, when the clock has gone evenly for an hour, then it is trusted', () => {
  const first = trustClock(undefined, WALL, 0)
  expect(trustClock(first, WALL + HOUR + 2_000, HOUR).from).toBe(HOUR)
})

test.each([
  ['forward by years', 9 * 365 * 24 * HOUR],
  ['back by hours', -5 * HOUR],
])('given a clock that is set %s, when it is looked at, then nothing goes by it for a day', (_, jump) => {
  const first = trustClock(undefined, WALL, 0)
  const set = trustClock(first, WALL + 10 * HOUR + jump, 10 * HOUR)
  expect(set.from).toBe(34 * HOUR)
  expect(trustClock(set, WALL + 20 * HOUR + jump, 20 * HOUR).from).toBe(34 * HOUR)
})

test('given a clock that is corrected little by little, when it is looked at each minute, then it is trusted', () => {
  let trust = trustClock(undefined, WALL, 0)
  for (let minute = 1; minute <= 120; minute++) trust = trustClock(trust, WALL + minute * 60_500, minute * 60_000)
  expect(trust.from).toBe(HOUR)
})
