import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openNumberLists } from './number-lists.ts'

let folder: string
const warnings: unknown[] = []
const log = { info: () => undefined, warn: (fields: unknown) => void warnings.push(fields) }
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-lists-'))
  warnings.length = 0
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('given a file of numbers, when it changes, then what stands in it now counts', async () => {
  const file = join(folder, 'blacklist.txt')
  await writeFile(file, '89221532327\n')
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  await using lists = await openNumberLists([file], log)
  expect([lists.has('9221532327'), lists.has('9031112233')]).toEqual([true, false])
  await writeFile(file, '+79031112233\n+79031112244\n')
  await vi.advanceTimersByTimeAsync(10_000)
  vi.useRealTimers()
  await vi.waitFor(() => expect([lists.has('9221532327'), lists.has('9031112233')]).toEqual([false, true]))
})

test('given a file that is not there, then nobody is ignored and it is said once', async () => {
  await using lists = await openNumberLists([join(folder, 'none.txt')], log)
  expect(lists.has('9221532327')).toBe(false)
  expect(warnings).toHaveLength(1)
})
