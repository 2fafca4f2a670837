import type { Seen } from './source.ts'
import type { WavState } from './wav-header.ts'

/** What is known of one part of a recording at one moment. */
export interface PartLook {
  readonly seen: Seen | undefined
  /** Undefined where only the converter can tell. */
  readonly wav: WavState | undefined
  /** For how long its size has been the same, as far as we watched. Milliseconds. */
  readonly sameForMs: number
}

export interface StandingRules {
  readonly now: number
  readonly stableMs: number
  /** The time a recording may still come in is over. */
  readonly waitedEnough: boolean
}

export type Standing = 'finished' | 'awaited' | 'nothing'

/**
 * Whether a part can be played. Asterisk writes a WAV's length when it closes it (measured on 16.28 and 22.10); for other formats all there is is that the file
 * rests. What Asterisk never closed, since it was killed, is played as far as it goes once it was waited for.
 */
export function standingOf(
  { seen, wav, sameForMs }: PartLook,
  { now, stableMs, waitedEnough }: StandingRules,
): Standing {
  const nothingYet = waitedEnough ? 'nothing' : 'awaited'
  if (!seen) return nothingYet
  const age = seen.changedAt === undefined ? undefined : now - seen.changedAt
  // A clock of a file server that is ahead of ours makes files that seem to come from the future: then only watching helps.
  const rests = sameForMs >= stableMs || (age !== undefined && age >= stableMs)
  if (wav === 'empty') return rests ? nothingYet : 'awaited'
  if (wav === 'open') return rests && waitedEnough ? 'finished' : 'awaited'
  if (rests) return 'finished'
  return waitedEnough && age === undefined ? 'finished' : 'awaited'
}
