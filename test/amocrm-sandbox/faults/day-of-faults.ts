import type { Execution, Fault, FaultAction } from '../transport/faults.ts'
import { seededRandom } from './random.ts'

/** What a person or time does to the account in the middle of the day. */
export type Blow =
  | 'dismiss-user'
  | 'delete-contact'
  | 'merge-contacts'
  | 'disable-webhooks'
  | 'expire-tokens'
  | 'switch-unsorted'

export interface FaultDay {
  /** In order of their beginning; instants are epoch ms. */
  readonly faults: readonly (Fault & { readonly match: { readonly from: number; readonly until: number } })[]
  readonly blows: readonly { readonly at: number; readonly blow: Blow }[]
}

export interface FaultDayOptions {
  readonly seed: number
  /** Epoch ms. */
  readonly startsAt: number
  /** Default: a day. */
  readonly lastsMs?: number
  /** How many faults an hour begin, on average; default 12. */
  readonly perHour?: number
  /** How many blows the day has; default 24. */
  readonly blows?: number
}

const hour = 3_600_000
const writes = ['POST', 'PATCH'] as const

/** Kinds of trouble and how often each comes, in shares of all. */
const troubles: readonly (readonly [share: number, make: (random: () => number) => Trouble])[] = [
  [4, (random) => hits(throttled, 1 + whole(random, 4))],
  [3, (random) => hits({ kind: 'gateway-timeout', execution: execution(random) }, 1 + whole(random, 2), random)],
  [3, (random) => hits({ kind: 'reset', execution: execution(random) }, 1 + whole(random, 2), random)],
  [2, (random) => hits({ kind: 'server-error', execution: execution(random) }, 1, random)],
  [2, (random) => hits({ kind: 'bad-gateway', execution: execution(random) }, 1, random)],
  [2, () => hits({ kind: 'malformed' }, 1)],
  [2, () => hits({ kind: 'truncated' }, 1)],
  [2, (random) => hits({ kind: 'delay', ms: 500 + whole(random, 8000) }, 1)],
  [1, () => hits({ kind: 'unauthorized' }, 1)],
  [1, (random) => hits({ kind: 'blocked', ms: 60_000 + whole(random, 240_000) }, 1)],
  // The whole CRM is away for some minutes.
  [1, (random) => away({ kind: 'gateway-timeout' }, 30_000 + whole(random, 300_000))],
  [1, (random) => away({ kind: 'reset' }, 30_000 + whole(random, 180_000))],
]

interface Trouble {
  readonly action: FaultAction
  readonly times: number
  readonly lastsMs: number
  readonly method?: string
}

const throttled: FaultAction = { kind: 'throttled' }

/**
 * A day on which everything goes wrong now and then, the same for the same seed: `followFaultDay` plays it. Every fault is over by
 * itself; none leaves the connection open for ever, so that a client without a clock of its own gets through.
 */
export function dayOfFaults(options: FaultDayOptions): FaultDay {
  const { startsAt, lastsMs = 24 * hour, perHour = 12, blows = 24 } = options
  const random = seededRandom(options.seed)
  const instants = (count: number) =>
    Array.from({ length: count }, () => startsAt + whole(random, lastsMs)).toSorted((a, b) => a - b)
  return {
    faults: instants(Math.round((perHour * lastsMs) / hour)).map((from) => {
      const trouble = pickTrouble(random)
      return {
        match: {
          from,
          until: from + trouble.lastsMs,
          ...(trouble.method === undefined ? {} : { method: trouble.method }),
        },
        times: trouble.times,
        do: trouble.action,
      }
    }),
    blows: instants(blows).map((at) => ({ at, blow: kinds[whole(random, kinds.length)] ?? 'expire-tokens' })),
  }
}

const kinds: readonly Blow[] = [
  'dismiss-user',
  'delete-contact',
  'merge-contacts',
  'disable-webhooks',
  'expire-tokens',
  'switch-unsorted',
]

function pickTrouble(random: () => number): Trouble {
  const all = troubles.reduce((sum, [share]) => sum + share, 0)
  let rest = random() * all
  for (const [share, make] of troubles) {
    rest -= share
    if (rest < 0) return make(random)
  }
  return hits(throttled, 1)
}

/** The next requests, however long they take to come within the quarter of an hour. */
function hits(action: FaultAction, times: number, random?: () => number): Trouble {
  const method = random === undefined ? undefined : writes[whole(random, writes.length)]
  return { action, times, lastsMs: hour / 4, ...(method === undefined ? {} : { method }) }
}

function away(action: FaultAction, lastsMs: number): Trouble {
  return { action, times: Number.POSITIVE_INFINITY, lastsMs }
}

function execution(random: () => number): Execution {
  const chosen = random()
  if (chosen < 0.4) return 'not-executed'
  return chosen < 0.8 ? 'executed' : { executedAfterMs: 1000 + whole(random, 20_000) }
}

function whole(random: () => number, below: number): number {
  return Math.floor(random() * below)
}
