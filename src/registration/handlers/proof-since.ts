/** Clocks differ, the CRM's times are whole seconds, and nothing can have been written before its attempt. */
export const PROOF_MARGIN_MS = 120_000
/** How far back an attempt may lie of which only that the clock was wrong is known. */
const CLOCK_WAS_WRONG_MS = 86_400_000

/**
 * From when on to look for what these attempts may have written. An attempt in the future was made by a clock that has been set
 * back since: looked for from that time on, what it wrote would not be found and be written twice.
 * @param attempts when they were made, epoch milliseconds.
 * @param now epoch milliseconds, by the clock as it goes.
 */
export function proofSince(attempts: readonly number[], now: number): number {
  return Math.min(...attempts.map((at) => (at > now ? now - CLOCK_WAS_WRONG_MS : at - PROOF_MARGIN_MS)))
}
