/** When to look for the traces of an attempt that may have been executed, and when to believe that there are none. */
export interface ProofPolicy {
  /** The first look after an ambiguous attempt: most of what was executed is found by it. */
  readonly firstLookMs: number
  /** A look counts as "absent" only so long after the attempt ended: a timed-out request may still execute. */
  readonly settleMs: number
  /** Between two looks. */
  readonly againMs: number
  /** How often it must have been absent. */
  readonly absences: number
  /** Longest pause between looks that fail. */
  readonly capMs: number
}

/** Design section 5: 30 s, looked for twice. amoCRM executes up to 20 s late. */
export const twiceAfterThirtySeconds: ProofPolicy = {
  firstLookMs: 5_000,
  settleMs: 30_000,
  againMs: 10_000,
  absences: 2,
  capMs: 300_000,
}

/** Instants on the steady clock. */
export interface Look {
  /** When the look began. */
  readonly at: number
  /** When this process began to watch. */
  readonly watchingSince: number
}

/**
 * Milliseconds this process has certainly seen pass between the attempt's end and the look. An end written by an earlier process counts from
 * the start of this one: between the two the clock may have been set.
 */
export function settledFor(attemptEndedAt: number | undefined, { at, watchingSince }: Look): number {
  const known = attemptEndedAt !== undefined && attemptEndedAt >= watchingSince && attemptEndedAt <= at
  return at - (known ? attemptEndedAt : watchingSince)
}

/** Milliseconds until the next look after one that could not be made: half of what has passed, so that a CRM that is down is asked ever less. */
export function delayAfterFailedLook(policy: ProofPolicy, passedMs: number, random: number): number {
  const step = Math.min(Math.max(passedMs / 2, policy.againMs), policy.capMs)
  return Math.round(step * (0.5 + random / 2))
}
