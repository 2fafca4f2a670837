import { expect, test } from 'vitest'
import { isBelievable } from './believable.ts'

const all = { view: 'all', edit: 'all', add: 'all' } as const
const rights = { contacts: all, leads: all }
const users = (count: number, active = true) =>
  Array.from({ length: count }, (_, at) => ({ id: at + 1, name: '', active, admin: false, rights, missing: 0 }))

test('three may go at any time, half of many, never everybody', () => {
  expect(isBelievable([], users(1), 1)).toBe(true)
  expect(isBelievable(users(4), users(1), 1)).toBe(true)
  expect(isBelievable(users(10), users(5), 1)).toBe(true)
  expect(isBelievable(users(10), users(4), 1)).toBe(false)
  expect(isBelievable(users(2), [], 100)).toBe(false)
  expect(isBelievable(users(2), users(2, false), 100)).toBe(false)
})

test('whoever has gone long ago is not missed again', () => {
  const known = users(10).map((user) => ({ ...user, missing: user.id > 2 ? 5 : 0 }))
  expect(isBelievable(known, users(2), 1)).toBe(true)
})

test('a list that lost most of them is believed when it comes again and again', () => {
  expect(isBelievable(users(10), users(2), 5)).toBe(false)
  expect(isBelievable(users(10), users(2), 6)).toBe(true)
})
