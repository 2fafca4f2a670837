import { realpath, stat } from 'node:fs/promises'
import { posix } from 'node:path'
import { isBelow } from './candidate-paths.ts'
import { SourceUnavailable } from './errors.ts'
import type { RecordingSource, Seen } from './source.ts'

export interface Mount {
  /** A folder as the PBX names it. */
  readonly pbx: string
  /** The same folder as this machine sees it. */
  readonly here: string
}

export interface FileSourceSettings {
  readonly mounts: readonly Mount[]
  /** Places of recordings as the PBX names them; nothing else is opened, wherever links lead. */
  readonly directories: readonly string[]
}

/** Recordings on this machine, or mounted on it. */
export function fileSource({ mounts, directories }: FileSourceSettings): RecordingSource {
  const roots = directories.map((directory) => mapped(directory, mounts))

  const lookAt = async (path: string): Promise<Seen | undefined> => {
    const here = mapped(path, mounts)
    try {
      const real = await realpath(here)
      if (!(await isAllowed(real, roots))) return undefined
      const file = await stat(real)
      return file.isFile() ? { path: real, bytes: file.size, changedAt: file.mtimeMs } : undefined
    } catch (error) {
      if (isMissing(error)) return undefined
      throw unreadable(error, here)
    }
  }
  const look = async (paths: readonly string[]): Promise<Seen | undefined> => {
    for (const path of paths) {
      const seen = await lookAt(path)
      if (seen) return seen
    }
    return undefined
  }
  return { look, bring: async ({ path }) => path, near: true }
}

/** A path of the PBX as this machine sees it; the longest mount that fits. */
export function mapped(path: string, mounts: readonly Mount[]): string {
  const fitting = mounts.filter(({ pbx }) => path === pbx || isBelow(pbx, path))
  const [mount] = fitting.toSorted((a, b) => b.pbx.length - a.pbx.length)
  return mount ? posix.join(mount.here, posix.relative(mount.pbx, path)) : path
}

/** The places themselves may be links: FreePBX's spool often lies on another disk. */
async function isAllowed(real: string, roots: readonly string[]): Promise<boolean> {
  for (const root of roots) {
    const realRoot = await realpath(root).catch(() => undefined)
    if (realRoot !== undefined && isBelow(realRoot, real)) return true
  }
  return false
}

function isMissing(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP'
}

/** Why a file on this machine cannot be read, and the cure. */
export function unreadable(cause: unknown, path: string): SourceUnavailable {
  const code = codeOf(cause)
  const cure =
    code === 'EACCES'
      ? "let the service's user read it, for example by adding it to the group asterisk, then restart the service"
      : 'check the disk or the mount'
  return new SourceUnavailable(`${path} cannot be read (${code}): ${cure}`, { cause })
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
