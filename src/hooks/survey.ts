import type { Stats } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { type HookPoint, hookPoints, isHookPoint } from './points.ts'
import { whyNotReached, whyNotTrusted } from './trusted.ts'

export interface HookProblem {
  /** Which hook is not run for it; undefined when it concerns all or none. */
  readonly point: HookPoint | undefined
  /** What is wrong and how to mend it. */
  readonly why: string
}

/** What lies in the directory of hooks. */
export interface HookSurvey {
  /** Files that may be run. */
  readonly files: ReadonlyMap<HookPoint, string>
  readonly problems: readonly HookProblem[]
  /** Changes with anything in the directory. */
  readonly stamp: string
}

const CODE = new Set(['.ts', '.mts', '.js', '.mjs'])
/** More than a person writes; walking on would cost every look. */
const MOST_ENTRIES = 2_000

/**
 * Looks through the directory. Points are files named after them; a name that begins with `_`, and folders, hold what hooks import.
 * @param owners user ids that files may belong to
 */
export async function surveyHooks(directory: string, owners: ReadonlySet<number>): Promise<HookSurvey> {
  const entries: Entry[] = []
  try {
    await walk(directory, entries)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return nothing('')
    const why = `${directory} cannot be read: ${error instanceof Error ? error.message : String(error)}`
    return { ...nothing(why), problems: [{ point: undefined, why }] }
  }
  const stamp = entries.map(stampOf).join('\n')
  if (entries.length >= MOST_ENTRIES) {
    const why = `${directory} holds more than ${MOST_ENTRIES} files; keep only hooks and what they import there`
    return { files: new Map(), problems: [{ point: undefined, why }], stamp }
  }
  const unsafe = await whyUnsafe(directory, entries, owners)
  if (unsafe !== undefined) return { files: new Map(), problems: [{ point: undefined, why: unsafe }], stamp }
  return { ...(await points(directory, entries, owners)), stamp }
}

interface Entry {
  readonly path: string
  readonly stats: Stats
  /** Directly in the directory. */
  readonly top: boolean
}

async function walk(directory: string, entries: Entry[], top = true): Promise<void> {
  if (top) entries.push({ path: directory, stats: await lstat(directory), top: false })
  for (const name of (await readdir(directory)).toSorted()) {
    if (entries.length >= MOST_ENTRIES) return
    if (name.startsWith('.') || name.endsWith('~')) continue
    const path = join(directory, name)
    const stats = await lstat(path).catch(() => undefined)
    if (!stats) continue
    entries.push({ path, stats, top })
    if (stats.isDirectory()) await walk(path, entries, false)
  }
}

/** Whatever any hook may import must be safe before any is run. */
async function whyUnsafe(
  directory: string,
  entries: readonly Entry[],
  owners: ReadonlySet<number>,
): Promise<string | undefined> {
  const above = await whyNotReached(directory, owners)
  if (above !== undefined) return above
  for (const { path, top, stats } of entries) {
    if (top && !stats.isDirectory() && pointOf(path) !== undefined) continue
    // Package managers link programs; they are not imported.
    if (path.includes('/node_modules/.bin/')) continue
    const why = await trust(path, owners)
    if (why !== undefined) return why
  }
  return undefined
}

async function points(directory: string, entries: readonly Entry[], owners: ReadonlySet<number>) {
  const files = new Map<HookPoint, string>()
  const problems: HookProblem[] = []
  const twice = new Set<HookPoint>()
  for (const { path, top, stats } of entries) {
    const { base, ext } = parse(path)
    if (!top || stats.isDirectory() || !CODE.has(ext) || base.startsWith('_') || base.endsWith('.d.ts')) continue
    const point = pointOf(path)
    if (point === undefined) {
      const why = `${path} is no hook; hooks are called ${hookPoints.join(', ')}; a name that begins with _ is for what hooks import`
      problems.push({ point, why })
      continue
    }
    const why = await trust(path, owners)
    if (why !== undefined) problems.push({ point, why })
    else if (files.has(point)) twice.add(point)
    else files.set(point, path)
  }
  for (const point of twice) {
    files.delete(point)
    problems.push({ point, why: `there are two files for ${point} in ${directory}; keep one` })
  }
  return { files, problems }
}

/** A file that has just gone is missed by nobody. */
async function trust(path: string, owners: ReadonlySet<number>): Promise<string | undefined> {
  try {
    return await whyNotTrusted(path, owners)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function pointOf(path: string): HookPoint | undefined {
  const { name, ext } = parse(path)
  return CODE.has(ext) && isHookPoint(name) ? name : undefined
}

function stampOf({ path, stats }: Entry): string {
  const { mtimeMs, ctimeMs, size, ino, mode, uid } = stats
  // A directory's own times change with every editor's swap file.
  return stats.isDirectory() ? `${path} ${mode} ${uid}` : [path, mtimeMs, ctimeMs, size, ino, mode, uid].join(' ')
}

function nothing(stamp: string): HookSurvey {
  return { files: new Map(), problems: [], stamp }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
