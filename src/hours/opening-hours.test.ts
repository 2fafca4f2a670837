import { expect, test } from 'vitest'
import { type OpeningHours, openingHours } from './opening-hours.ts'

const closed = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] }
const workdays = ['09:00-13:00', '14:00-18:00']
const moscow: OpeningHours = {
  timeZone: 'Europe/Moscow',
  week: { ...closed, mon: workdays, tue: workdays, wed: workdays, thu: workdays, fri: workdays },
  holidays: ['01-01', '2026-11-23'],
}
const open = (at: string, hours: OpeningHours | undefined = moscow) => openingHours(hours)(Date.parse(at))

test('given no hours, when asked, then it is open', () => {
  expect(openingHours(undefined)(Date.parse('2026-11-22T03:00:00Z'))).toBe(true)
})

test.each([
  ['before the day begins', '2026-11-20T08:59:59+03:00', false],
  ['at its first second', '2026-11-20T09:00:00+03:00', true],
  ['at noon by another clock', '2026-11-20T09:00:00Z', true],
  ['in the break', '2026-11-20T13:00:00+03:00', false],
  ['in its last second', '2026-11-20T17:59:59+03:00', true],
  ['when it is over', '2026-11-20T18:00:00+03:00', false],
  ['on a Saturday', '2026-11-21T12:00:00+03:00', false],
  ['on a Monday that is a holiday', '2026-11-23T12:00:00+03:00', false],
  ['on a holiday of every year', '2027-01-01T12:00:00+03:00', false],
])('given a week, when it is %s, then it is told right', (_when, at, expected) => {
  expect(open(at)).toBe(expected)
})

test('given a night shift, when the day changes, then the shift goes on, also into a closed day', () => {
  const night = { ...moscow, week: { ...closed, fri: ['22:00-06:00'] } }
  expect(open('2026-11-20T23:00:00+03:00', night)).toBe(true)
  expect(open('2026-11-21T05:59:00+03:00', night)).toBe(true)
  expect(open('2026-11-21T06:00:00+03:00', night)).toBe(false)
  expect(open('2026-11-20T05:00:00+03:00', night)).toBe(false)
})

test('given a day that never closes, when asked, then it is open to its end', () => {
  const always = { ...moscow, week: { ...closed, fri: ['00:00-24:00'] } }
  expect(open('2026-11-20T23:59:59+03:00', always)).toBe(true)
  expect(open('2026-11-21T00:00:00+03:00', always)).toBe(false)
})

test('given a zone with daylight saving, when the clock was changed, then the wall clock counts', () => {
  const berlin = { ...moscow, timeZone: 'Europe/Berlin' }
  expect(open('2026-10-23T07:00:00Z', berlin)).toBe(true)
  expect(open('2026-10-26T07:00:00Z', berlin)).toBe(false)
  expect(open('2026-10-26T08:00:00Z', berlin)).toBe(true)
})
