/** Local hour at which people sleep and nightly jobs of others have not begun. */
const NIGHT_HOUR = 3
const HOUR_MS = 3_600_000
/** The night's pass is not repeated within the same hour. */
const LEAST_AGE_MS = 12 * HOUR_MS
/** A machine that sleeps at night has its pass by day. */
const LONGEST_AGE_MS = 25 * HOUR_MS

/**
 * Whether the clients should be read anew: every night, or at once when a night was missed. An unfinished pass goes on.
 * @param now epoch milliseconds
 */
export function passIsDue(
  { startedAt, finishedAt }: { readonly startedAt: number; readonly finishedAt?: number | undefined },
  now: number,
): boolean {
  if (finishedAt === undefined) return true
  const age = now - startedAt
  // A clock that was set back must not put it off for ever.
  if (age < 0 || age > LONGEST_AGE_MS) return true
  return age > LEAST_AGE_MS && new Date(now).getHours() === NIGHT_HOUR
}
