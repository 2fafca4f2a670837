/** How long to wait between attempts. There is no last attempt: a slow answer beats a lost call. */
export interface RetryPolicy {
  readonly firstMs: number
  readonly factor: number
  readonly capMs: number
}

/** 1, 2, 4 … 256, then every 300 s: a hiccup is not noticed, an outage of a day costs some 300 attempts. */
export const fromOneSecondToFiveMinutes: RetryPolicy = { firstMs: 1_000, factor: 2, capMs: 300_000 }

/**
 * Milliseconds before the next attempt, between half and the whole of the step, so that what failed together does not come back together.
 * @param attempts attempts made; 0 waits for nothing.
 * @param random in [0, 1).
 */
export function delayAfter(policy: RetryPolicy, attempts: number, random: number): number {
  if (attempts <= 0) return 0
  const step = Math.min(policy.firstMs * policy.factor ** (attempts - 1), policy.capMs)
  return Math.round(step * (0.5 + random / 2))
}
