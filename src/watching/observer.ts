import type { Logger } from 'pino'
import { countingLog } from './counting-log.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import type { TroubleKind } from './trouble.ts'
import { createTroubleCounts } from './trouble-counts.ts'

/** What every part of the house is given to be watched: a log that counts, and metrics to tell. */
export interface Observer {
  logOf(part: TroubleKind): Logger
  readonly metrics: Metrics
  /** What went wrong within the last hour, by kind. */
  errors(): Readonly<Record<string, number>>
}

/** @param now epoch milliseconds */
export function createObserver(log: Logger, now: () => number): Observer {
  const counts = createTroubleCounts(now)
  const metrics = createMetrics()
  const count = (kind: TroubleKind): void => {
    counts.add(kind)
    metrics.troubled(kind)
  }
  return { logOf: (part) => countingLog(log, part, count), metrics, errors: counts.lastHour }
}
