export interface RateLimit {
  /** Requests a token may make in any sliding second. */
  readonly perSecond: number
  /** That many refusals within a minute block everything. */
  readonly refusalsBeforeBlock: number
  /** How long everything stays blocked; milliseconds. */
  readonly blockMs: number
}

/** 7 a second is amoCRM's documented limit; when the block comes and how long it lasts is unknown (reference amocrm.md 2.1, 19). */
export const amocrmRateLimit: RateLimit = { perSecond: 7, refusalsBeforeBlock: 30, blockMs: 60_000 }

export type Verdict = 'admitted' | 'throttled' | 'blocked'

export interface RateLimiter {
  /** Refused requests count as well: hammering does not open the door. */
  admit(token: string): Verdict
  /** Blocks every path, from now on. */
  block(ms: number): void
  unblock(): void
}

/** `now` gives epoch milliseconds. */
export function createRateLimiter(limit: RateLimit, now: () => number): RateLimiter {
  const arrivals = new Map<string, number[]>()
  let refusals: number[] = []
  let blockedUntil = 0

  return {
    admit(token) {
      const at = now()
      if (at < blockedUntil) return 'blocked'
      const recent = (arrivals.get(token) ?? []).filter((arrival) => arrival > at - 1000)
      recent.push(at)
      arrivals.set(token, recent)
      if (recent.length <= limit.perSecond) return 'admitted'
      refusals = [...refusals.filter((refusal) => refusal > at - 60_000), at]
      if (refusals.length >= limit.refusalsBeforeBlock) {
        blockedUntil = at + limit.blockMs
        refusals = []
      }
      return 'throttled'
    },
    block(ms) {
      blockedUntil = now() + ms
    },
    unblock() {
      blockedUntil = 0
      refusals = []
    },
  }
}
