import { expect, test } from 'vitest'
import { BoundedMap } from './bounded-map.ts'
import { createDeadlines } from './deadlines.ts'

test('given times in any order, when taken, then they come earliest first and only when due', () => {
  const deadlines = createDeadlines<number>()
  const times = [5, 3, 9, 1, 7, 3, 8, 2]
  for (const at of times) deadlines.add(at, at)
  expect(deadlines.next()).toBe(1)
  const due: number[] = []
  for (let item = deadlines.take(7); item !== undefined; item = deadlines.take(7)) due.push(item)
  expect(due).toEqual([1, 2, 3, 3, 5, 7])
  expect(deadlines.next()).toBe(8)
})

test('given nothing waits, then there is no next time', () => {
  const deadlines = createDeadlines<string>()
  expect(deadlines.next()).toBeUndefined()
  expect(deadlines.take(100)).toBeUndefined()
})

test('given more entries than fit, then the oldest are forgotten; what is set again is young', () => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  map.set('a', 3)
  map.set('c', 4)
  expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([3, undefined, 4])
})
