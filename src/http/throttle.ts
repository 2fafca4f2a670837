import { isIPv6 } from 'node:net'

export interface ThrottleOptions {
  /** So many failures of an address within the window close the door for it. */
  readonly most: number
  readonly windowMs: number
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Who guesses passwords is not listened to for a while. */
export interface Throttle {
  /** How many whole seconds an address must wait; 0: it may try. */
  waitSeconds(address: string | undefined): number
  failed(address: string | undefined): void
}

/** Addresses remembered; a flood from many must not fill the memory. */
const MOST_ADDRESSES = 10_000

export function createThrottle({ most, windowMs, now }: ThrottleOptions): Throttle {
  const failures = new Map<string, readonly number[]>()
  const recent = (key: string): readonly number[] =>
    (failures.get(key) ?? []).filter((at) => at <= now() && now() - at < windowMs)

  return {
    waitSeconds: (address) => {
      const times = recent(subscriber(address))
      const first = times.at(-most)
      return first === undefined ? 0 : Math.max(1, Math.ceil((first + windowMs - now()) / 1000))
    },
    failed: (address) => {
      const key = subscriber(address)
      const times = [...recent(key), now()].slice(-most)
      failures.delete(key)
      failures.set(key, times)
      const [oldest] = failures.keys()
      if (failures.size > MOST_ADDRESSES && oldest !== undefined) failures.delete(oldest)
    },
  }
}

/** One who has an IPv6 network has 2^64 addresses in it. */
function subscriber(address = ''): string {
  return isIPv6(address) && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address
}
