import { expect, test } from 'vitest'
import { createNewcomers } from './newcomers.ts'

test('given an address full of silent sockets, when another address comes, then it finds its place', () => {
  const newcomers = createNewcomers(2, 10)
  expect([newcomers.enter('a'), newcomers.enter('a'), newcomers.enter('a')].map(Boolean)).toEqual([true, true, false])
  expect(newcomers.enter('b')).toBeDefined()
})

test('given a socket that says hello, when it gives its place back, even twice, then exactly one is free', () => {
  const newcomers = createNewcomers(1, 10)
  const leave = newcomers.enter('a')
  leave?.()
  leave?.()
  expect(newcomers.enter('a')).toBeDefined()
  expect(newcomers.enter('a')).toBeUndefined()
})

test('given many addresses, when all places are taken, then nobody else comes in', () => {
  const newcomers = createNewcomers(5, 2)
  expect(['a', 'b', 'c'].map((address) => newcomers.enter(address) !== undefined)).toEqual([true, true, false])
})
