import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { NoRoom } from './errors.ts'
import { openMp3Cache } from './mp3-cache.ts'

const place = mkdtempSync(join(tmpdir(), 'callweave-cache-'))
afterAll(() => rmSync(place, { recursive: true }))
const directory = () => mkdtempSync(join(place, 'cache-'))
const MEGABYTE = 1024 ** 2

let clock = Date.parse('2026-11-20T12:00:00Z')
const now = () => {
  clock += 1_000
  return clock
}
const fill = (bytes: number) => (draft: string) => writeFile(draft, Buffer.alloc(bytes, 1))

test('given more than fits, when another is made, then what nobody listened to for longest is gone', async () => {
  const cache = await openMp3Cache({ directory: directory(), limitBytes: 2_500, now })
  for (const id of ['a', 'b']) await cache.make(id, 'v', 1_000, fill(1_000))
  await cache.get('a', 'v')
  await cache.make('c', 'v', 1_000, fill(1_000))
  expect(await Promise.all(['a', 'b', 'c'].map(async (id) => (await cache.get(id, 'v'))?.bytes))).toEqual([
    1_000,
    undefined,
    1_000,
  ])
})

test('given a recording that changed, when made again, then the old MP3 is gone and its mark differs', async () => {
  const at = directory()
  const cache = await openMp3Cache({ directory: at, limitBytes: MEGABYTE, now })
  const before = await cache.make('a', 'one part', 10, fill(10))
  expect(await cache.get('a', 'two parts')).toBeUndefined()
  const after = await cache.make('a', 'two parts', 10, fill(10))
  expect(after.etag).not.toBe(before.etag)
  expect(readdirSync(at)).toHaveLength(1)
  await cache.forget('a')
  expect(await cache.get('a', undefined)).toBeUndefined()
})

test('given a conversion that fails or a process that died in the middle, then nothing half-done is ever found', async () => {
  const at = directory()
  mkdirSync(join(at, 'draft-dead'))
  writeFileSync(join(at, 'draft-dead/mp3'), 'half')
  const cache = await openMp3Cache({ directory: at, limitBytes: MEGABYTE, now })
  const failing = cache.make('a', 'v', 10, async (draft) => {
    writeFileSync(draft, 'half')
    expect(await cache.get('a', 'v')).toBeUndefined()
    throw new Error('the converter died')
  })
  await expect(failing).rejects.toThrow('the converter died')
  expect(readdirSync(at)).toEqual([])
})

test('given a disk without room, then kept files make it first; when that is not enough it is told and the rest stays', async () => {
  const at = directory()
  let free = 1_000 * MEGABYTE
  const cache = await openMp3Cache({ directory: at, limitBytes: MEGABYTE, now, freeBytes: async () => free })
  const { path } = await cache.make('a', 'v', 10, fill(10))
  free = 50 * MEGABYTE
  await expect(cache.make('b', 'v', 10, fill(10))).rejects.toBeInstanceOf(NoRoom)
  expect(readdirSync(at)).toEqual([])
  free = 1_000 * MEGABYTE
  const full = cache.make('b', 'v', 10, async () => {
    throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
  })
  await expect(full).rejects.toBeInstanceOf(NoRoom)
  expect((await cache.make('b', 'v', 10, fill(10))).bytes).toBe(10)
  expect(() => readFileSync(path)).toThrow('ENOENT')
})
