import { candidatePaths, type PathSettings } from './candidate-paths.ts'
import type { RecordedCall } from './recorded-call.ts'
import type { RecordingSource, Seen } from './source.ts'
import { standingOf } from './standing.ts'
import { readWavState } from './wav-header.ts'

export type Found =
  | { readonly state: 'ready'; readonly parts: readonly Seen[] }
  | { readonly state: 'not-yet' }
  | { readonly state: 'gone' }
  /** A customer's storage has it at this address. */
  | { readonly state: 'elsewhere'; readonly url: string }

export interface FinderSettings extends PathSettings {
  readonly stableSeconds: number
  readonly waitSeconds: number
}

export interface FinderDeps {
  readonly settings: FinderSettings
  readonly source: RecordingSource
  /** `CDR(recordingfile)` of a call that Asterisk named no files of. */
  readonly recordingFilesOf: (call: RecordedCall, signal: AbortSignal) => Promise<readonly string[]>
  /** The customer's storage: an address or a path; undefined when it has nothing. */
  readonly storage?: ((call: RecordedCall, signal: AbortSignal) => Promise<string | undefined>) | undefined
  /** A customer's script: another name for a recording, or one where Asterisk named none (empty). Never rejects. */
  readonly rename?: ((name: string, call: RecordedCall) => Promise<string>) | undefined
  /** Epoch milliseconds. */
  readonly now: () => number
}

export interface Finder {
  /** How a call's recording stands at this moment. @throws SourceUnavailable when that cannot be told. */
  find(call: RecordedCall, signal: AbortSignal): Promise<Found>
}

/** Sizes are remembered for so many files: those that somebody waits for now. */
const MOST_REMEMBERED = 1_000

export function createFinder({ settings, source, recordingFilesOf, storage, rename, now }: FinderDeps): Finder {
  const sizes = new Map<string, { readonly bytes: number; readonly since: number }>()

  /** For how long a file has had this size, as far as we watched. */
  function sameFor({ path, bytes }: Seen): number {
    const known = sizes.get(path)
    if (known?.bytes === bytes) return now() - known.since
    sizes.delete(path)
    sizes.set(path, { bytes, since: now() })
    for (const oldest of [...sizes.keys()].slice(0, Math.max(0, sizes.size - MOST_REMEMBERED))) sizes.delete(oldest)
    return 0
  }

  async function find(call: RecordedCall, signal: AbortSignal): Promise<Found> {
    if (call.endedAt === undefined) return { state: 'not-yet' }
    const stored = await storage?.(call, signal)
    if (stored !== undefined && /^https?:/i.test(stored)) return { state: 'elsewhere', url: stored }
    const rules = {
      now: now(),
      stableMs: settings.stableSeconds * 1000,
      waitedEnough: now() - call.endedAt >= settings.waitSeconds * 1000,
    }
    const names = await namesOf(call, stored, signal)
    const parts: Seen[] = []
    let awaited = names.length === 0 && !rules.waitedEnough
    for (const name of new Set(names)) {
      const seen = await source.look(candidatePaths(name, call, settings), signal)
      const wav = seen && source.near ? await readWavState(seen.path) : undefined
      const standing = standingOf({ seen, wav, sameForMs: seen ? sameFor(seen) : 0 }, rules)
      if (standing === 'awaited') awaited = true
      if (seen && standing === 'finished' && !parts.some(({ path }) => path === seen.path)) parts.push(seen)
    }
    if (awaited) return { state: 'not-yet' }
    return parts.length > 0 ? { state: 'ready', parts } : { state: 'gone' }
  }

  async function namesOf(
    call: RecordedCall,
    stored: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    if (stored !== undefined) return [stored]
    if (storage) return []
    const named = call.recordings.length > 0 ? call.recordings : await recordingFilesOf(call, signal)
    if (!rename) return named
    const renamed = await Promise.all((named.length > 0 ? named : ['']).map((name) => rename(name, call)))
    return renamed.filter((name) => name !== '')
  }
  return { find }
}
