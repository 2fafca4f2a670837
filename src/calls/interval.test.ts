import { expect, test } from 'vitest'
import { closed, intersection, opened, secondsOf, toSeconds, union } from './interval.ts'

test('given stretches that overlap, touch or lie apart, when united, then each moment counts once', () => {
  const told = [
    { start: 5, end: 9 },
    { start: 0, end: 2 },
    { start: 2, end: 3 },
    { start: 6, end: 7 },
  ]
  expect(union(told, 100)).toEqual([
    { start: 0, end: 3 },
    { start: 5, end: 9 },
  ])
})

test('given a stretch that goes on, when united, then it ends now', () => {
  expect(union([{ start: 5 }], 8)).toEqual([{ start: 5, end: 8 }])
})

test('given a beginning within the gap, when opened, then the last stretch goes on; one that goes on stays as it is', () => {
  expect(opened([{ start: 0, end: 5 }], 7, 2)).toEqual([{ start: 0 }])
  expect(opened([{ start: 0, end: 5 }], 8, 2)).toEqual([{ start: 0, end: 5 }, { start: 8 }])
  expect(opened([{ start: 0 }], 8)).toEqual([{ start: 0 }])
})

test('given nothing goes on, when closed, then nothing changes; an end never comes before its beginning', () => {
  expect(closed([], 3)).toEqual([])
  expect(closed([{ start: 0, end: 1 }], 3)).toEqual([{ start: 0, end: 1 }])
  expect(closed([{ start: 5 }], 3)).toEqual([{ start: 5, end: 5 }])
})

test('given two sets, when intersected, then only what is in both remains', () => {
  expect(
    intersection(
      [{ start: 0, end: 10 }],
      [
        { start: 2, end: 4 },
        { start: 8, end: 12 },
      ],
    ),
  ).toEqual([
    { start: 2, end: 4 },
    { start: 8, end: 10 },
  ])
})

test('given milliseconds, then seconds have one decimal and are never negative', () => {
  expect([1449, 1450, 949, -5].map(toSeconds)).toEqual([1.4, 1.5, 0.9, 0])
  expect(
    secondsOf([
      { start: 0, end: 1450 },
      { start: 2000, end: 2100 },
    ]),
  ).toBe(1.6)
})
