import { AsyncLocalStorage } from 'node:async_hooks'
import Bottleneck from 'bottleneck'

/** Calls of the moment, calls of the past, everything that only keeps us informed. */
export type Urgency = 'live' | 'backfill' | 'index'

/** One for each CRM account: every request to it goes through here, the widget's share left aside. */
export interface Pace {
  /**
   * Runs one request when its turn comes: evenly spaced, at most so many at once, the more urgent first.
   * Inside `as` the urgency of that frame counts: a backfill job's requests stay backfill whoever makes them.
   */
  run<T>(urgency: Urgency, request: () => Promise<T>): Promise<T>
  /** Everything `work` asks for has this urgency. Takes no turn itself. */
  as<T>(urgency: Urgency, work: () => Promise<T>): Promise<T>
}

export interface PaceOptions {
  readonly requestsPerSecond: number
  readonly inFlight: number
}

/** Bottleneck's scale: 0 first, 9 last. */
const priorities: Readonly<Record<Urgency, number>> = { live: 1, backfill: 5, index: 8 }

/** @returns a pace that never lets two requests start closer than `1 / requestsPerSecond`: a window of one second then never holds more, however it slides. */
export function createPace({ requestsPerSecond, inFlight }: PaceOptions): Pace {
  const limiter = new Bottleneck({ minTime: Math.ceil(1000 / requestsPerSecond), maxConcurrent: inFlight })
  const frame = new AsyncLocalStorage<Urgency>()
  return {
    run: (urgency, request) => limiter.schedule({ priority: priorities[frame.getStore() ?? urgency] }, request),
    as: (urgency, work) => frame.run(urgency, work),
  }
}
