/** Why there is no link, as far as it matters for what to do next. */
export type LinkFailure =
  /** Nobody there, no answer, or a link that broke. */
  | 'lost'
  /** Asterisk answers and its modules are not up yet (404, 503). */
  | 'loading'
  /** Wrong user, password, rights or network list (401, 403): only an administrator can help. */
  | 'refused'
  /** Another process took the application's name. */
  | 'replaced'

const SHORTEST_MS = 500
const LONGEST_MS = 15_000
/** Slow, since every try is a line in Asterisk's security log; endless, since an administrator will mend it without telling us. */
const REFUSED_MS = 30_000
/** A link that lived this long was a good one: the next failure starts from the shortest wait again. */
const PROVEN_MS = 30_000

/**
 * How long to wait before the next try, in milliseconds. Endless by design: there is no attempt after which it gives up.
 * `random` is in [0, 1): a hundred services that lost one Asterisk do not come back in the same moment.
 * @param attempt failures in a row, 1 for the first.
 */
export function reconnectDelay(failure: LinkFailure, attempt: number, random: number): number {
  switch (failure) {
    case 'lost':
    case 'loading':
      return jitter(Math.min(LONGEST_MS, SHORTEST_MS * 2 ** Math.min(attempt - 1, 10)), random)
    case 'refused':
      return REFUSED_MS + random * REFUSED_MS
    case 'replaced':
      // Standing by has its own rule (stand-by.ts); after it the way back is short.
      return SHORTEST_MS
    default:
      return failure satisfies never
  }
}

/** Failures in a row, after a link that lived for `livedMs` has ended. */
export function attemptAfter(livedMs: number, attempt: number): number {
  return livedMs >= PROVEN_MS ? 1 : attempt + 1
}

/** Between half and the whole, never below the shortest. */
function jitter(delay: number, random: number): number {
  return Math.max(SHORTEST_MS, delay / 2 + (delay / 2) * random)
}
