import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tryLock } from './lock-file.ts'

let directory = ''
let path = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'callweave-lock-'))
  path = join(directory, 'slot.lock')
})
afterEach(() => rm(directory, { recursive: true }))

test('given a lock that is held, then a second one is refused until it is released', async () => {
  const first = await tryLock(path)
  expect(first).toBeDefined()
  expect(await tryLock(path)).toBeUndefined()
  await first?.[Symbol.asyncDispose]()
  await using again = await tryLock(path)
  expect(again).toBeDefined()
})

test('given the lock of a process that is gone, then it is taken over', async () => {
  // No process has this number: the kernel's limit is 4194304 (proc(5)).
  await writeFile(path, '4999999 1 left-behind\n')
  await using taken = await tryLock(path)
  expect(taken).toBeDefined()
  expect(await readFile(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `))
})

test('given the number of a living process with another start time, then the lock is stale', async () => {
  await writeFile(path, `${process.pid} 1 left-behind\n`)
  await using taken = await tryLock(path)
  expect(taken).toBeDefined()
})

test('given ten who want it at once, then one gets it', async () => {
  await writeFile(path, '4999999 1 left-behind\n')
  const attempts = await Promise.all(Array.from({ length: 10 }, () => tryLock(path)))
  expect(attempts.filter((attempt) => attempt !== undefined)).toHaveLength(1)
})
