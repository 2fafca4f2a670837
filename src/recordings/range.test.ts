import { expect, test } from 'vitest'
import { rangeOf } from './range.ts'

const of = (range: string | undefined, ifRange?: string) => rangeOf(range, ifRange, '"v1"', 1_000)

test.each([
  ['bytes=0-99', { start: 0, end: 99 }],
  ['bytes=900-', { start: 900, end: 999 }],
  ['bytes=900-5000', { start: 900, end: 999 }],
  ['bytes=-100', { start: 900, end: 999 }],
  ['bytes=-5000', { start: 0, end: 999 }],
  ['bytes=999-999', { start: 999, end: 999 }],
  ['bytes=1000-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  [undefined, 'whole'],
  ['bytes=-', 'whole'],
  ['bytes=9-3', 'whole'],
  ['bytes=0-1,5-6', 'whole'],
  ['lines=0-1', 'whole'],
])('given "Range: %s" of a thousand bytes, then it is %j', (range, expected) => {
  expect(of(range)).toEqual(expected)
})

test('given If-Range, then the part is given only of the same file', () => {
  expect(of('bytes=0-9', '"v1"')).toEqual({ start: 0, end: 9 })
  expect(of('bytes=0-9', '"v2"')).toBe('whole')
  expect(of('bytes=0-9', 'Fri, 20 Nov 2026 08:00:00 GMT')).toBe('whole')
})
