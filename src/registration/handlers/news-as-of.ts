import type { Job } from '../../outbox/job.ts'
import type { CallPayload } from '../payloads.ts'

/** Fewer calls than these are worth a reading of their own. */
const RUSH = 10
/**
 * In a rush news so old are fresh enough for calls that ended before: reading the CRM and writing to it lie seconds apart anyway. Without it every batch of an
 * outage's calls reads anew what the batches before it have just made, which takes ten times as long as to write it (measured with a thousand strangers).
 */
const FRESH_MS = 10_000

/**
 * Up to which moment the CRM must be known before something is made for these calls; undefined: up to now. In a rush it is the last call's end, since what
 * managers wrote down while they talked counts. Who was found before and is gone was perhaps merged a moment ago.
 * @param now epoch milliseconds
 */
export function newsAsOf(
  jobs: readonly Pick<Job<CallPayload>, 'payload' | 'redone'>[],
  now: number,
): number | undefined {
  if (jobs.length <= RUSH || jobs.some(({ redone }) => redone)) return undefined
  const lastEnd = Math.max(...jobs.map(({ payload }) => payload.call.endedAt))
  return Math.min(now, Math.max(lastEnd, now - FRESH_MS))
}
