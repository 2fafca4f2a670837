/** Whether the work of a request that gets no proper answer is done: not at all, at once, or that many milliseconds later. */
export type Execution = 'not-executed' | 'executed' | { readonly executedAfterMs: number }

export type FaultAction =
  /** The request is carried out and answered as usual, `ms` later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** 429 with an HTML body. */
  | { readonly kind: 'throttled' }
  | { readonly kind: 'server-error'; readonly execution?: Execution }
  | { readonly kind: 'gateway-timeout'; readonly execution?: Execution; readonly delayMs?: number }
  /** TCP reset instead of an answer. */
  | { readonly kind: 'reset'; readonly execution?: Execution; readonly delayMs?: number }
  /** Never answered; the connection stays open. */
  | { readonly kind: 'hang'; readonly execution?: Execution }
  /** 502 with an HTML body. */
  | { readonly kind: 'bad-gateway'; readonly execution?: Execution }
  /** The usual status with half of the JSON; the work is done. */
  | { readonly kind: 'malformed' }
  /** The connection ends in the middle of the body; the work is done. */
  | { readonly kind: 'truncated' }
  /** 402. */
  | { readonly kind: 'unpaid' }
  /** 401; with `forever` the token is revoked as well. */
  | { readonly kind: 'unauthorized'; readonly forever?: boolean }
  /** 403 HTML; with `ms` every path stays blocked for that long. */
  | { readonly kind: 'blocked'; readonly ms?: number }

export interface FaultMatch {
  readonly method?: string
  /** A text is compared with the whole path, without the query. */
  readonly path?: string | RegExp
  /** First matching request that is hit, from 1. */
  readonly nth?: number
  /** Parsed body, undefined when there is none. */
  readonly body?: (json: unknown) => boolean
  /** Arrivals from then on, and before then; epoch ms by the sandbox's clock. */
  readonly from?: number
  readonly until?: number
}

export interface Fault {
  readonly match?: FaultMatch
  /** How many requests are hit; default 1. */
  readonly times?: number
  readonly do: FaultAction
}

export interface FaultHandle {
  /** Hits that are still to come. */
  left(): number
  remove(): void
}

export interface Faults {
  add(fault: Fault): FaultHandle
  /** The first fault that hits this request; it is counted down. */
  take(request: Arrival): FaultAction | undefined
  clear(): void
}

export interface Arrival {
  readonly method: string
  readonly path: string
  readonly json: unknown
  /** Epoch ms. */
  readonly at: number
}

interface Armed {
  readonly fault: Fault
  seen: number
  left: number
}

export function createFaults(): Faults {
  let armed: Armed[] = []

  return {
    add(fault) {
      const entry: Armed = { fault, seen: 0, left: fault.times ?? 1 }
      armed.push(entry)
      return {
        left: () => entry.left,
        remove: () => {
          entry.left = 0
          armed = armed.filter((other) => other !== entry)
        },
      }
    },
    take(request) {
      armed = armed.filter(({ fault }) => request.at < (fault.match?.until ?? Infinity))
      // Every fault counts every request it matches, also when another one hits it.
      const hits = armed.filter((entry) => matches(entry.fault.match ?? {}, request) && isItsTurn(entry))
      const hit = hits[0]
      if (hit === undefined) return undefined
      hit.left -= 1
      if (hit.left <= 0) armed = armed.filter((entry) => entry !== hit)
      return hit.fault.do
    },
    clear() {
      armed = []
    },
  }
}

function isItsTurn(entry: Armed): boolean {
  entry.seen += 1
  return entry.seen >= (entry.fault.match?.nth ?? 1)
}

function matches(match: FaultMatch, request: Arrival): boolean {
  if (request.at < (match.from ?? 0)) return false
  if (match.method !== undefined && match.method.toUpperCase() !== request.method) return false
  if (typeof match.path === 'string' && match.path !== request.path) return false
  if (match.path instanceof RegExp && request.path.search(match.path) < 0) return false
  return match.body === undefined || match.body(request.json)
}
