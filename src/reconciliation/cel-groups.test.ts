import { expect, test } from 'vitest'
import { celGroups } from './cel-groups.ts'

const rows = (...pairs: readonly (readonly [linkedid: string, uniqueid: string])[]) =>
  pairs.map(([linkedid, uniqueid]) => ({ linkedid, uniqueid }))

const grouped = (...pairs: readonly (readonly [string, string])[]) =>
  celGroups(rows(...pairs), 0).map(({ linkedids }) => [...linkedids])

test('given rows of two calls in turns, then each call is a group with its rows in order', () => {
  const groups = celGroups(rows(['1.1', '1.1'], ['2.1', '2.1'], ['1.1', '1.2'], ['2.1', '2.2']), 0)
  expect(groups.map((group) => group.rows.map((row) => row['uniqueid']))).toEqual([
    ['1.1', '1.2'],
    ['2.1', '2.2'],
  ])
})

test('given a channel that went over to another linkedid, then both are one group, also by way of a third', () => {
  expect(grouped(['1.1', '1.1'], ['2.1', '2.1'], ['1.1', '2.1'])).toEqual([['1.1', '2.1']])
  expect(grouped(['1.1', 'a'], ['2.1', 'b'], ['3.1', 'b'], ['3.1', 'a'])).toEqual([['1.1', '2.1', '3.1']])
})

test('given a uniqueid that another call has as linkedid only, then the text alone joins nothing', () => {
  expect(grouped(['1.1', '1.2'], ['1.2', '1.3'])).toEqual([['1.1'], ['1.2']])
})
