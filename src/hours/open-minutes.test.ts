import { expect, test } from 'vitest'
import { afterOpenMinutes, everyMinuteOnce } from './open-minutes.ts'
import { openingHours } from './opening-hours.ts'

const week = { mon: ['09:00-18:00'], tue: ['09:00-18:00'], wed: [], thu: [], fri: ['09:00-18:00'], sat: [], sun: [] }
const isOpen = openingHours({ timeZone: 'Europe/Moscow', week, holidays: ['2026-11-23'] })
const after = (from: string, minutes: number) =>
  new Date(afterOpenMinutes(isOpen, Date.parse(from), minutes)).toISOString()

test.each([
  ['a call in the morning', '2026-11-20T10:00:00+03:00', 60, '2026-11-20T08:00:00.000Z'],
  [
    'a call in the last half hour, over a weekend and a holiday',
    '2026-11-20T17:30:00+03:00',
    60,
    '2026-11-24T06:30:00.000Z',
  ],
  ['a call in the night', '2026-11-20T03:00:00+03:00', 15, '2026-11-20T06:15:00.000Z'],
  ['a call that asks for no time at all', '2026-11-20T03:00:00+03:00', 0, '2026-11-20T06:00:00.000Z'],
])('given a week, when %s waits for its minutes, then only open ones count', (_what, from, minutes, expected) => {
  expect(after(from, minutes)).toBe(expected)
})

test('given a calendar that never opens, then plain minutes count', () => {
  expect(afterOpenMinutes(() => false, 0, 30)).toBe(30 * 60_000)
})

test('given a minute that was asked about, when it is asked about again, then the calendar is not', () => {
  let asked = 0
  const once = everyMinuteOnce((at) => {
    asked += 1
    return at >= 120_000
  })
  expect([once(60_000), once(119_999), once(120_000)]).toEqual([false, false, true])
  expect(asked).toBe(2)
})
