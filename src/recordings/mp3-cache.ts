import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { NoRoom } from './errors.ts'

export interface Mp3 {
  readonly path: string
  readonly bytes: number
  /** Differs whenever the bytes do. */
  readonly etag: string
}

export interface CacheStatus {
  readonly files: number
  readonly megabytes: number
  readonly limitMegabytes: number
}

export interface Mp3Cache {
  /** What was made of a call before. @param version of the recording; undefined: any. */
  get(id: string, version: string | undefined): Promise<Mp3 | undefined>
  /**
   * Makes room, lets `fill` write a draft, and puts it in place in one step once it is on the disk: half an MP3 is never found.
   * @param expectedBytes what the draft and whatever `fill` puts into its directory may take.
   * @throws NoRoom, and what `fill` throws
   */
  make(id: string, version: string, expectedBytes: number, fill: Fill): Promise<Mp3>
  forget(id: string): Promise<void>
  status(): Promise<CacheStatus>
}

/** @param draft the file to write. @param directory for what is needed meanwhile; it is removed afterwards. */
export type Fill = (draft: string, directory: string) => Promise<void>

export interface CacheDeps {
  readonly directory: string
  readonly limitBytes: number
  /** Free bytes of the disk. */
  readonly freeBytes?: (directory: string) => Promise<number>
  readonly now: () => number
}

/** The journal may lie on the same disk: a full one would stop the registration of calls. */
const KEEP_FREE_BYTES = 100 * 1024 ** 2
const MEGABYTE = 1024 ** 2

/** Opens the cache and removes what a process left half-done. What nobody listened to for longest goes first when it is full. */
export async function openMp3Cache({ directory, limitBytes, now, freeBytes = freeOn }: CacheDeps): Promise<Mp3Cache> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  for (const name of await readdir(directory)) {
    if (name.startsWith(DRAFT)) await rm(join(directory, name), { recursive: true, force: true })
  }

  async function get(id: string, version: string | undefined): Promise<Mp3 | undefined> {
    const prefix = prefixOf(id)
    const names = version === undefined ? await readdir(directory) : [nameOf(id, version)]
    const name = names.find((one) => one.startsWith(prefix))
    const mp3 = name === undefined ? undefined : await mp3At(join(directory, name))
    // Whatever happens to this file's times means "listened to": what it is stands in its name.
    if (mp3) await utimes(mp3.path, now() / 1000, now() / 1000).catch(() => undefined)
    return mp3
  }

  async function make(id: string, version: string, expectedBytes: number, fill: Fill): Promise<Mp3> {
    if (expectedBytes + KEEP_FREE_BYTES > (await freeBytes(directory))) await makeRoom(expectedBytes)
    const workshop = join(directory, `${DRAFT}${randomUUID()}`)
    await mkdir(workshop, { mode: 0o700 })
    try {
      const draft = join(workshop, 'mp3')
      await fill(draft, workshop)
      await toDisk(draft)
      await forget(id)
      await rename(draft, join(directory, nameOf(id, version)))
    } catch (error) {
      throw (await ranFull(error)) ? new NoRoom(`${directory} is full: ${ROOM_CURE}`, { cause: error }) : error
    } finally {
      await rm(workshop, { recursive: true, force: true })
    }
    const mp3 = await get(id, version)
    if (!mp3) throw new NoRoom(`${directory} lost a file that was just made`)
    await evict(limitBytes, mp3.path)
    return mp3
  }

  /** What is kept can be made again; what the disk lacks cannot. */
  async function makeRoom(expectedBytes: number): Promise<void> {
    const { bytes } = await entries()
    const lacking = expectedBytes + KEEP_FREE_BYTES - (await freeBytes(directory))
    await evict(Math.max(0, bytes - lacking), undefined)
    if (expectedBytes + KEEP_FREE_BYTES > (await freeBytes(directory)))
      throw new NoRoom(`the disk of ${directory} has not enough room: ${ROOM_CURE}`)
  }

  async function ranFull(error: unknown): Promise<boolean> {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true
    // A converter only says that it failed.
    return (await freeBytes(directory)) < MEGABYTE
  }

  async function entries(): Promise<{ readonly files: readonly Entry[]; readonly bytes: number }> {
    const files: Entry[] = []
    for (const name of await readdir(directory)) {
      if (!name.endsWith(ENDING)) continue
      const path = join(directory, name)
      const file = await stat(path).catch(() => undefined)
      if (file) files.push({ path, bytes: file.size, usedAt: file.mtimeMs })
    }
    return { files, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
  }

  /** A file that is being listened to may go: whoever has it open hears it to the end. */
  async function evict(limit: number, spared: string | undefined): Promise<void> {
    const { files, bytes } = await entries()
    let left = bytes
    for (const { path, bytes: size } of files.toSorted((a, b) => a.usedAt - b.usedAt)) {
      if (left <= limit) return
      if (path === spared) continue
      await rm(path, { force: true })
      left -= size
    }
  }

  async function forget(id: string): Promise<void> {
    const prefix = prefixOf(id)
    for (const name of await readdir(directory)) {
      if (name.startsWith(prefix)) await rm(join(directory, name), { force: true })
    }
  }

  async function status(): Promise<CacheStatus> {
    const { files, bytes } = await entries()
    return {
      files: files.length,
      megabytes: Math.round(bytes / MEGABYTE),
      limitMegabytes: Math.round(limitBytes / MEGABYTE),
    }
  }
  return { get, make, forget, status }
}

interface Entry {
  readonly path: string
  readonly bytes: number
  readonly usedAt: number
}

const DRAFT = 'draft-'
const ENDING = '.mp3'
const ROOM_CURE = 'make room, or set recordings.cacheDirectory to another disk'

/** Removes what was made of these calls, beside a running service. @returns how many files */
export async function removeMp3s(directory: string, ids: readonly string[]): Promise<number> {
  const prefixes = new Set(ids.map(prefixOf))
  const names = await readdir(directory).catch(() => [])
  const theirs = names.filter((name) => prefixes.has(name.slice(0, PREFIX_LENGTH)))
  for (const name of theirs) await rm(join(directory, name), { force: true })
  return theirs.length
}

const PREFIX_LENGTH = 33

/** Ids are opaque and no file names. */
function prefixOf(id: string): string {
  return `${createHash('sha256').update(id).digest('hex').slice(0, 32)}-`
}

function nameOf(id: string, version: string): string {
  return `${prefixOf(id)}${createHash('sha256').update(version).digest('hex').slice(0, 16)}${ENDING}`
}

async function mp3At(path: string): Promise<Mp3 | undefined> {
  const file = await stat(path).catch(() => undefined)
  if (!file) return undefined
  const version = /-(\w+)\.mp3$/.exec(path)?.[1] ?? ''
  return { path, bytes: file.size, etag: `"${version}-${file.size}"` }
}

async function toDisk(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  await file.sync()
}

async function freeOn(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}
