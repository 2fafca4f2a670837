import { expect, test } from 'vitest'
import { together } from './together.ts'

const groups = (items: readonly string[], most: number) => [...together(items, (item) => item.split(' '), most)]

test('given more items than fit, when they are put together, then they keep their order', () => {
  expect(groups(['a', 'b', 'c'], 2)).toEqual([['a', 'b'], ['c']])
  expect(groups([], 2)).toEqual([])
})

test('given items that share a linkedid, when they are put together, then one comes after the other', () => {
  expect(groups(['a', 'b x', 'x', 'c'], 9)).toEqual([
    ['a', 'b x'],
    ['x', 'c'],
  ])
})
