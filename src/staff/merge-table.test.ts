import { expect, test } from 'vitest'
import { mergeTable } from './merge-table.ts'

const configured = [{ extension: '101', user: 1 }, { extension: '102', user: 2 }, { extension: '103' }]
const merge = (...table: readonly { user: number; extension: string }[]) => mergeTable(configured, table, (row) => row)

test('given rows that say what the configuration says, when merged, then nothing changes', () => {
  expect(merge({ user: 1, extension: '101' })).toEqual({ people: configured, conflicts: [], added: 0 })
})

test('given a row for an extension without a user, when merged, then it has one', () => {
  const { people, conflicts, added } = merge({ user: 3, extension: '103' })
  expect([people[2], conflicts, added]).toEqual([{ extension: '103', user: 3 }, [], 0])
})

test('given a row for somebody who is not listed, when merged, then they work here', () => {
  const { people, added } = merge({ user: 4, extension: '104' })
  expect([people.at(-1), added]).toEqual([{ user: 4, extension: '104' }, 1])
})

test('given rows that contradict the configuration, when merged, then that holds and each is told with what holds', () => {
  const { people, conflicts } = merge({ user: 1, extension: '555' }, { user: 9, extension: '102' })
  expect(people).toEqual(configured)
  expect(conflicts).toEqual([
    { why: 'user-has-other-extension', row: { user: 1, extension: '555' }, holds: { user: 1, extension: '101' } },
    { why: 'extension-has-other-user', row: { user: 9, extension: '102' }, holds: { user: 2, extension: '102' } },
  ])
})

test('given two rows with one extension, when merged, then the first holds', () => {
  const { people, conflicts } = merge({ user: 4, extension: '104' }, { user: 5, extension: '104' })
  expect(people.filter(({ extension }) => extension === '104')).toEqual([{ user: 4, extension: '104' }])
  expect(conflicts).toMatchObject([{ why: 'extension-twice', row: { user: 5 }, holds: { user: 4 } }])
})
