import { createHash } from 'node:crypto'
import { copyFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Bottleneck from 'bottleneck'
import type { Converter } from './converter.ts'
import { RecordingGone, RecordingNotYet, TooBusy } from './errors.ts'
import type { Finder, Found } from './finder.ts'
import type { Mp3, Mp3Cache } from './mp3-cache.ts'
import type { RecordedCall } from './recorded-call.ts'
import type { RecordingSource, Seen } from './source.ts'
import { readWavState } from './wav-header.ts'

export type Playable =
  | { readonly kind: 'mp3'; readonly mp3: Mp3 }
  | { readonly kind: 'elsewhere'; readonly url: string }

export interface PlayerDeps {
  readonly finder: Finder
  readonly source: RecordingSource
  readonly converter: Converter
  readonly cache: Mp3Cache
  /** The service's end: conversions are given up. */
  readonly signal: AbortSignal
  /** Seconds after a call in which its recording may still come. */
  readonly waitSeconds: number
  readonly now: () => number
  /** How long a listener is kept waiting for a file that is nearly there. */
  readonly patienceMs?: number
}

export interface Player {
  /**
   * A call's recording as one MP3.
   * @throws RecordingError
   */
  play(call: RecordedCall): Promise<Playable>
  /** Conversions under way and waiting. */
  busy(): { readonly converting: number; readonly waiting: number }
}

/** Two, so that one long recording does not keep everybody waiting, and calls keep the rest of the machine. */
const AT_ONCE = 2
/** Whoever is behind so many would wait for minutes. */
const MOST_WAITING = 30
const PATIENCE_MS = 6_000
const LOOK_EVERY_MS = 500

export function createPlayer(deps: PlayerDeps): Player {
  const { finder, source, converter, cache, signal, waitSeconds, now, patienceMs = PATIENCE_MS } = deps
  const doors = new Bottleneck({
    maxConcurrent: AT_ONCE,
    highWater: MOST_WAITING,
    strategy: Bottleneck.strategy.OVERFLOW,
  })
  const making = new Map<string, Promise<Mp3>>()

  async function play(call: RecordedCall): Promise<Playable> {
    if (!source.near) {
      const kept = await cache.get(call.id, undefined)
      if (kept) return { kind: 'mp3', mp3: kept }
    }
    const found = await findPatiently(call)
    switch (found.state) {
      case 'not-yet':
        throw new RecordingNotYet('the recording is not finished')
      case 'gone':
        await cache.forget(call.id)
        throw new RecordingGone('no file of this call was found')
      case 'elsewhere':
        return { kind: 'elsewhere', url: found.url }
      case 'ready':
        return { kind: 'mp3', mp3: await mp3Of(call, found.parts) }
      default:
        return found satisfies never
    }
  }

  /** Whoever clicks right after the call hears it, without a second click. */
  async function findPatiently(call: RecordedCall): Promise<Found> {
    const until = now() + patienceMs
    for (;;) {
      const found = await finder.find(call, signal)
      if (found.state !== 'not-yet' || call.endedAt === undefined || now() >= until) return found
      await sleep(LOOK_EVERY_MS, undefined, { signal })
    }
  }

  async function mp3Of(call: RecordedCall, parts: readonly Seen[]): Promise<Mp3> {
    const [only] = parts
    const version = versionOf(parts)
    if (only && parts.length === 1 && source.near && isMp3(only.path)) {
      const etag = `"${createHash('sha256').update(version).digest('hex').slice(0, 16)}-${only.bytes}"`
      return { path: only.path, bytes: only.bytes, etag }
    }
    const kept = await cache.get(call.id, version)
    if (kept) return kept
    const key = `${call.id} ${version}`
    const underWay = making.get(key) ?? make(call, parts, version).finally(() => making.delete(key))
    making.set(key, underWay)
    return underWay
  }

  async function make(call: RecordedCall, parts: readonly Seen[], version: string): Promise<Mp3> {
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
    const work = () =>
      cache.make(call.id, version, bytes * (source.near ? 2 : 3), (draft, directory) =>
        fill(call, parts, draft, directory),
      )
    try {
      return await doors.schedule(work)
    } catch (error) {
      if (error instanceof Bottleneck.BottleneckError) throw new TooBusy('too many conversions wait', { cause: error })
      throw error
    }
  }

  async function fill(call: RecordedCall, parts: readonly Seen[], draft: string, directory: string): Promise<void> {
    const inputs = []
    for (const part of parts) {
      const path = await source.bring(part, directory, signal)
      const unclosed = (await readWavState(path)) === 'open'
      const mayStillGrow = now() - (call.endedAt ?? now()) < waitSeconds * 1000
      if (unclosed && mayStillGrow) throw new RecordingNotYet('the recording is still being written')
      inputs.push({ path, unclosed })
    }
    const [only] = inputs
    if (only && inputs.length === 1 && isMp3(only.path)) await copyFile(only.path, draft)
    else await converter.convert(inputs, draft, signal)
  }

  return {
    play,
    busy: () => {
      const { RECEIVED, QUEUED, RUNNING, EXECUTING } = doors.counts()
      return { converting: RUNNING + EXECUTING, waiting: RECEIVED + QUEUED }
    },
  }
}

function versionOf(parts: readonly Seen[]): string {
  return JSON.stringify(parts.map(({ path, bytes, changedAt }) => [path, bytes, changedAt]))
}

function isMp3(path: string): boolean {
  return extname(path).toLowerCase() === '.mp3'
}
