import { expect, test } from 'vitest'
import { decodeTime } from './decode-time.ts'

test.each([
  ['2026-11-20T08:52:34.091+0000', Date.UTC(2026, 10, 20, 8, 52, 34, 91)],
  ['2026-11-20T11:52:34.091+0300', Date.UTC(2026, 10, 20, 8, 52, 34, 91)],
  ['2026-11-20T03:22:34.5-05:30', Date.UTC(2026, 10, 20, 8, 52, 34, 500)],
  ['2026-11-20T08:52:34Z', Date.UTC(2026, 10, 20, 8, 52, 34)],
  ['2026-11-20T08:52:34.091234+0000', Date.UTC(2026, 10, 20, 8, 52, 34, 91)],
])('given %s, when decoded, then it is that instant', (text, instant) => {
  expect(decodeTime(text)).toBe(instant)
})

test.each(['', 'now', '2026-11-20', '2026-11-20T08:52:34', '2026-99-20T08:52:34Z', 12, undefined])(
  'given %j, when decoded, then it is no time',
  (text) => {
    expect(decodeTime(text)).toBeUndefined()
  },
)
