import { expect, test } from 'vitest'
import { median, percentile } from './statistics.ts'

test('given a hundred values, when percentiles are asked for, then they are values of the sample by nearest rank', () => {
  const sample = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect([percentile(sample, 0.01), median(sample), percentile(sample, 0.99), percentile(sample, 1)]).toEqual([
    1, 50, 99, 100,
  ])
})

test('given one value, when any percentile is asked for, then it is that value', () => {
  expect([percentile([7], 0.01), percentile([7], 0.99)]).toEqual([7, 7])
})

test('given nothing, when a percentile is asked for, then that is an error and no figure', () => {
  expect(() => median([])).toThrow(RangeError)
})
