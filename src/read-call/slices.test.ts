import { expect, test } from 'vitest'
import type { ReadCallRequest } from './request.ts'
import { nextSliceMs, shareOf, sliceAt } from './slices.ts'

const HOUR = 3_600_000
const how = { dry: false, effects: 'quiet', compare: false } as const

function slicesOf(request: ReadCallRequest, from: number, until: number) {
  const slices = []
  for (let at = from; ; ) {
    const slice = sliceAt(request, at, until, HOUR)
    if (!slice) return slices
    slices.push(slice)
    at = slice.next
  }
}

test('given a period, when it is cut, then its slices follow each other without a gap, from where the work stands', () => {
  const request = { asked: { kind: 'period', from: 0, to: 2.5 * HOUR }, ...how } as const
  expect(slicesOf(request, 0, 0).map(({ asked }) => asked)).toEqual([
    { kind: 'records', from: 0, to: HOUR - 1 },
    { kind: 'records', from: HOUR, to: 2 * HOUR - 1 },
    { kind: 'records', from: 2 * HOUR, to: 2.5 * HOUR },
  ])
  expect(slicesOf(request, 2 * HOUR, 0)).toHaveLength(1)
  expect(slicesOf(request, 2.5 * HOUR + 1, 0)).toEqual([])
  expect(shareOf(request, 2.5 * HOUR + 1, 0)).toBe(1)
})

test('given a period without an end, when it is cut, then it ends when it was asked for', () => {
  const request = { asked: { kind: 'period', from: 0 }, ...how } as const
  expect(slicesOf(request, 0, HOUR).at(-1)?.asked).toMatchObject({ to: HOUR })
  expect(shareOf(request, HOUR / 2, HOUR)).toBeCloseTo(0.5, 3)
})

test('given many ids, when they are cut, then each is in one part', () => {
  const ids = Array.from({ length: 2_201 }, (_, index) => String(index))
  const parts = slicesOf({ asked: { kind: 'ids', ids }, ...how }, 500, 0)
  expect(parts.map(({ next }) => next)).toEqual([1_500, 2_201])
})

test('given a comparison with the CRM, when it is cut, then it is one part: its notes are read back once', () => {
  const request = { asked: { kind: 'period', from: 0, to: 100 * HOUR }, ...how, compare: true } as const
  expect(slicesOf(request, 0, 0)).toHaveLength(1)
})

test('given a slice that took long, when the next one is cut, then it is shorter, within bounds', () => {
  expect(nextSliceMs(24 * HOUR, 1_000)).toBe(24 * HOUR)
  expect(nextSliceMs(24 * HOUR, 40_000)).toBe(6 * HOUR)
  expect(nextSliceMs(6 * HOUR, 5_000)).toBe(12 * HOUR)
  expect(nextSliceMs(HOUR, 600_000)).toBe(HOUR / 4)
})
