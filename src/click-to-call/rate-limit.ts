export interface Rate {
  /** How many may come at once. */
  readonly burst: number
  /** How many come on top every second. */
  readonly perSecond: number
}

/** Keys remembered; a flood from many addresses must not fill the memory. */
const MOST_KEYS = 10_000

/** A bucket a key. `false`: this one came too soon. @param now epoch milliseconds. */
export function createRateLimit({ burst, perSecond }: Rate, now: () => number): (key: string) => boolean {
  const buckets = new Map<string, { readonly left: number; readonly at: number }>()
  return (key) => {
    const at = now()
    const known = buckets.get(key)
    // A clock that was set back gives nothing and takes nothing.
    const gained = known ? (Math.max(0, at - known.at) / 1000) * perSecond : burst
    const left = Math.min(burst, (known?.left ?? 0) + gained)
    const allowed = left >= 1
    buckets.delete(key)
    buckets.set(key, { left: allowed ? left - 1 : left, at })
    const [oldest] = buckets.keys()
    if (buckets.size > MOST_KEYS && oldest !== undefined) buckets.delete(oldest)
    return allowed
  }
}
