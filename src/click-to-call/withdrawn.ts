/** Calls that were given up without knowing whether Asterisk will carry them out after all. */
export interface Withdrawn {
  add(call: string): void
  /** Whether the call was given up lately. It no longer is. */
  take(call: string): boolean
}

/** An Asterisk that was stuck for longer has dropped the connection the request came by. */
const KEPT_MS = 10 * 60 * 1000

/** @param now epoch milliseconds. */
export function createWithdrawn(now: () => number): Withdrawn {
  const givenUp = new Map<string, number>()
  const isOld = (at: number): boolean => now() - at > KEPT_MS
  return {
    add: (call) => {
      for (const [one, at] of givenUp) if (isOld(at)) givenUp.delete(one)
      givenUp.set(call, now())
    },
    take: (call) => {
      const at = givenUp.get(call)
      givenUp.delete(call)
      return at !== undefined && !isOld(at)
    },
  }
}
