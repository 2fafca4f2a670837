import { expect, test } from 'vitest'
import { shareOf, slicesOf } from './slices.ts'

const HOUR = 3_600_000
const how = { dry: false, effects: 'quiet', compare: false } as const

test('given a period, when it is cut, then its hours follow each other without a gap, from where the work stands', () => {
  const request = { asked: { kind: 'period', from: 0, to: 2.5 * HOUR }, ...how } as const
  expect([...slicesOf(request, 0, 0)].map(({ asked }) => asked)).toEqual([
    { kind: 'records', from: 0, to: HOUR - 1 },
    { kind: 'records', from: HOUR, to: 2 * HOUR - 1 },
    { kind: 'records', from: 2 * HOUR, to: 2.5 * HOUR },
  ])
  expect([...slicesOf(request, 2 * HOUR, 0)]).toHaveLength(1)
  expect([...slicesOf(request, 2.5 * HOUR + 1, 0)]).toEqual([])
  expect(shareOf(request, 2.5 * HOUR + 1, 0)).toBe(1)
})

test('given a period without an end, when it is cut, then it ends when it was asked for', () => {
  const request = { asked: { kind: 'period', from: 0 }, ...how } as const
  expect([...slicesOf(request, 0, HOUR)].at(-1)?.asked).toMatchObject({ to: HOUR })
  expect(shareOf(request, HOUR / 2, HOUR)).toBeCloseTo(0.5, 3)
})

test('given many ids, when they are cut, then each is in one part', () => {
  const ids = Array.from({ length: 1_201 }, (_, index) => String(index))
  const parts = [...slicesOf({ asked: { kind: 'ids', ids }, ...how }, 500, 0)]
  expect(parts.map(({ next }) => next)).toEqual([1_000, 1_201])
})

test('given a comparison with the CRM, when it is cut, then it is one part: its notes are read back once', () => {
  const request = { asked: { kind: 'period', from: 0, to: 100 * HOUR }, ...how, compare: true } as const
  expect([...slicesOf(request, 0, 0)]).toHaveLength(1)
})
