import { setTimeout as sleep } from 'node:timers/promises'
import type { Finder } from './finder.ts'
import type { RecordedCall } from './recorded-call.ts'

export interface RecordingWatchDeps {
  readonly finder: Finder
  readonly settings: { readonly waitSeconds: number; readonly stableSeconds: number }
  /** Told once a call, when its recording can be played; from then on a link makes sense. */
  readonly onFound: (call: RecordedCall) => void
  readonly onGone: (call: RecordedCall) => void
  readonly failed: (error: unknown, call: RecordedCall) => void
  readonly now: () => number
  readonly signal: AbortSignal
  /** Waits between two looks, the last one again and again; seldom for calls that no file is named of. Milliseconds. */
  readonly pauses?: readonly number[]
}

export interface RecordingWatch {
  /** Looks after a call that has ended until its recording is there or its time is over. A call that is watched already is left as it is. */
  watch(call: RecordedCall): void
  watched(): number
}

const PAUSES_MS = [1_000, 2_000, 5_000, 10_000, 30_000]
/** A call that Asterisk named no file of was most often not recorded: its CDR is asked seldom. */
const NAMELESS_PAUSES_MS = [5_000, 30_000, 120_000]
/** A PBX of thirty calls a second fills this in the time a recording may take; the rest is found when somebody listens. */
const MOST_WATCHED = 10_000

export function createRecordingWatch(deps: RecordingWatchDeps): RecordingWatch {
  const { finder, settings, onFound, onGone, failed, now, signal } = deps
  const watched = new Set<string>()

  async function follow(call: RecordedCall): Promise<void> {
    const until = (call.endedAt ?? now()) + (settings.waitSeconds + settings.stableSeconds) * 1000
    const pauses = deps.pauses ?? (call.recordings.length > 0 ? PAUSES_MS : NAMELESS_PAUSES_MS)
    for (let look = 0; ; look++) {
      await sleep(pauses[Math.min(look, pauses.length - 1)] ?? 1_000, undefined, { signal, ref: false })
      const found = await finder.find(call, signal).catch((error) => {
        if (look === 0) failed(error, call)
        return undefined
      })
      if (found?.state === 'ready' || found?.state === 'elsewhere') return onFound(call)
      if (found?.state === 'gone' || now() > until) return onGone(call)
    }
  }

  return {
    watch(call) {
      if (watched.has(call.id) || watched.size >= MOST_WATCHED) return
      watched.add(call.id)
      follow(call)
        .catch(() => undefined)
        .finally(() => watched.delete(call.id))
    },
    watched: () => watched.size,
  }
}
