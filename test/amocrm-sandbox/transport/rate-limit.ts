export interface RateLimit {
  /** Requests an integration may make in any sliding second. */
  readonly perSecond: number
  /** Requests all integrations together may make in any sliding second. */
  readonly accountPerSecond: number
  /** That many refusals within a minute block everything. */
  readonly refusalsBeforeBlock: number
  /** How long everything stays blocked; milliseconds. */
  readonly blockMs: number
}

/** 7 a second and 50 an account are documented; when the block comes and how long it lasts is unknown (reference amocrm.md 2.1, 19). */
export const amocrmRateLimit: RateLimit = {
  perSecond: 7,
  accountPerSecond: 50,
  refusalsBeforeBlock: 30,
  blockMs: 60_000,
}

export type Verdict = 'admitted' | 'throttled' | 'blocked'

export interface RateLimiter {
  /** Refused requests count as well: hammering does not open the door. */
  admit(integration: string): Verdict
  /** Blocks every path, from now on. */
  block(ms: number): void
  unblock(): void
}

/** `now` gives epoch milliseconds. */
export function createRateLimiter(limit: RateLimit, now: () => number): RateLimiter {
  const arrivals = new Map<string, number[]>()
  let refusals: number[] = []
  let blockedUntil = 0

  /** How many came within the last second, this one included. */
  function count(name: string, at: number): number {
    const recent = (arrivals.get(name) ?? []).filter((arrival) => arrival > at - 1000)
    recent.push(at)
    arrivals.set(name, recent)
    return recent.length
  }

  return {
    admit(integration) {
      const at = now()
      if (at < blockedUntil) return 'blocked'
      const [own, all] = [count(`of ${integration}`, at), count('all', at)]
      if (own <= limit.perSecond && all <= Math.max(limit.accountPerSecond, limit.perSecond)) return 'admitted'
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
