/** A clock may be corrected by so much between two looks without anybody having set it. */
const CORRECTION_MS = 60_000
/** So long a clock must have gone evenly before anything is removed by it. */
const TRUSTED_AFTER_MS = 3_600_000
/** After it was set: time for a person to notice that it was set wrong. */
const DOUBTED_MS = 86_400_000

/** What is known of the clock by which things are removed. Milliseconds. */
export interface ClockTrust {
  /** The wall's clock minus one that nobody sets, at the last look. */
  readonly offset: number
  /** When it can be trusted, by the clock that nobody sets. */
  readonly from: number
  /** It was set meanwhile. */
  readonly wasSet: boolean
}

/**
 * A machine that believes to be in 2035 must not forget its calls: what goes by age goes only by a clock that went evenly for an hour, and for a
 * day after it was set. Pure.
 * @param wall the machine's clock, epoch milliseconds
 * @param steady milliseconds since any moment, on a clock that nobody sets
 */
export function trustClock(before: ClockTrust | undefined, wall: number, steady: number): ClockTrust {
  const offset = wall - steady
  if (!before) return { offset, from: steady + TRUSTED_AFTER_MS, wasSet: false }
  if (Math.abs(offset - before.offset) <= CORRECTION_MS) return { ...before, offset }
  return { offset, from: steady + DOUBTED_MS, wasSet: true }
}
