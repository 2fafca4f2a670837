const MINUTE_MS = 60_000
/** Nobody waits longer for a shop to open; a calendar that never opens must not be searched for ever. */
const LONGEST_DAYS = 60

/**
 * The instant at which so many minutes of opening have passed.
 * @param isOpen by `openingHours`
 * @param from epoch milliseconds
 * @returns epoch milliseconds; `from` plus the plain minutes when the calendar does not open within two months
 */
export function afterOpenMinutes(isOpen: (at: number) => boolean, from: number, minutes: number): number {
  let left = Math.max(0, minutes)
  // Spans begin and end with a minute of the wall clock, so it is enough to look at each minute once.
  const last = from + LONGEST_DAYS * 24 * 60 * MINUTE_MS
  for (let at = from; at < last; at += MINUTE_MS) {
    if (!isOpen(at)) continue
    if (left <= 1) return at + left * MINUTE_MS
    left -= 1
  }
  return from + minutes * MINUTE_MS
}

/** Two weeks of minutes: more than a deadline over a weekend looks at. */
const REMEMBERED_MINUTES = 20_160

/**
 * The same calendar, asked about each minute once: reading a zone's clock takes microseconds, and deadlines of many calls look at the
 * same minutes. Spans begin and end with minutes, so that one answer holds for all of one.
 */
export function everyMinuteOnce(isOpen: (at: number) => boolean): (at: number) => boolean {
  const known = new Map<number, boolean>()
  return (at) => {
    const minute = Math.floor(at / MINUTE_MS)
    const answer = known.get(minute) ?? isOpen(at)
    if (known.size >= REMEMBERED_MINUTES) known.clear()
    known.set(minute, answer)
    return answer
  }
}
