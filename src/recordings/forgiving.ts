import { NoRoom } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import type { Mp3Cache } from './mp3-cache.ts'

/** How often the same trouble is told. */
const TELL_EVERY_MS = 60_000

/**
 * Keys that cannot be read cost links, never calls: there is no key until the file is mended.
 * @param open opens the ring; it is tried again at each question. @param now milliseconds.
 */
export function forgivingKeys(
  open: () => KeyRing,
  tell: (error: unknown) => void,
  now: () => number,
): Pick<KeyRing, 'current' | 'find' | 'list'> {
  let ring: KeyRing | undefined
  let silentUntil = Number.NEGATIVE_INFINITY
  function trying<T>(use: (keys: KeyRing) => T, otherwise: T): T {
    try {
      ring ??= open()
      return use(ring)
    } catch (error) {
      if (now() >= silentUntil) tell(error)
      silentUntil = Math.max(silentUntil, now() + TELL_EVERY_MS)
      return otherwise
    }
  }
  return {
    current: () => trying((keys) => keys.current(), undefined),
    find: (id) => trying((keys) => keys.find(id), undefined),
    list: () => trying((keys) => keys.list(), []),
  }
}

/** A cache whose directory cannot be used: what is MP3 already still plays, the rest says why not. */
export function noCache(why: string): Mp3Cache {
  return {
    get: async () => undefined,
    make: async () => {
      throw new NoRoom(
        `${why}: set recordings.cacheDirectory to a folder the service's user may write to, then restart the service`,
      )
    },
    forget: async () => undefined,
    status: async () => ({ files: 0, megabytes: 0, limitMegabytes: 0 }),
  }
}
