import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import Bottleneck from 'bottleneck'

/** Calls of the moment, customers' hooks, calls of the past, everything that only keeps us informed. */
export type Urgency = 'live' | 'hook' | 'backfill' | 'index'

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

/**
 * Hooks get one turn in so many while others wait: a call may be waiting for its hook, so they go before calls of the past, and one that asks
 * without end holds up nobody.
 */
const HOOK_EVERY = 4

/**
 * Bottleneck binds a request to its turn one interval and more ahead, and priority ends there. So turns are drawn nameless,
 * and each serves the most urgent of those who wait when it comes.
 * @returns a pace that never lets two requests start closer than `1 / requestsPerSecond`: a window of one second then never holds more, however it slides.
 */
export function createPace({ requestsPerSecond, inFlight }: PaceOptions): Pace {
  const turns = new Bottleneck({ minTime: Math.ceil(1000 / requestsPerSecond), maxConcurrent: inFlight })
  const frame = new AsyncLocalStorage<Urgency>()
  const waiting: Readonly<Record<Urgency, (() => Promise<void>)[]>> = { live: [], hook: [], backfill: [], index: [] }
  let sinceHook = 0

  const next = () => {
    const other = () => waiting.live.shift() ?? waiting.backfill.shift() ?? waiting.index.shift()
    const request = sinceHook < HOOK_EVERY - 1 ? other() : undefined
    if (request) {
      sinceHook += 1
      return request
    }
    const hook = waiting.hook.shift()
    if (hook) sinceHook = 0
    return hook ?? other()
  }
  const serveOne = () => next()?.()

  return {
    run<T>(urgency: Urgency, request: () => Promise<T>) {
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      // A turn may come to us by somebody else's draw: what the request sees must be its own caller's frame.
      const bound = AsyncResource.bind(async () => request())
      waiting[frame.getStore() ?? urgency].push(() => bound().then(resolve, reject))
      turns.schedule(async () => serveOne()).catch(reject)
      return promise
    },
    as: (urgency, work) => frame.run(urgency, work),
  }
}
