import { expect, test } from 'vitest'
import { createInbox } from './inbox.ts'

test('given values that were put, when they are read, then they come in order and once', async () => {
  const inbox = createInbox<number>()
  inbox.put(1)
  inbox.put(2)
  expect(await inbox.read()).toEqual([1, 2])
  const later = inbox.read()
  inbox.put(3)
  expect(await later).toEqual([3])
})

test('given an end, when there still is something to read, then it is read first, and then the first reason is thrown', async () => {
  const inbox = createInbox<number>()
  inbox.put(1)
  inbox.end(new Error('first'))
  inbox.end(new Error('second'))
  inbox.put(2)
  expect(await inbox.read()).toEqual([1])
  await expect(inbox.read()).rejects.toThrow('first')
})

test('given a reader who waits, when the inbox ends, then the reader is told', async () => {
  const inbox = createInbox<number>()
  const waiting = inbox.read()
  inbox.end(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
})

test('given a reader who is too slow, when more waits than may, then memory is let go and it is said', async () => {
  let told = 0
  const inbox = createInbox<number>(2, () => {
    told += 1
    inbox.end(new Error('overrun'))
  })
  for (const value of [1, 2, 3, 4]) inbox.put(value)
  expect(told).toBe(1)
  await expect(inbox.read()).rejects.toThrow('overrun')
})
