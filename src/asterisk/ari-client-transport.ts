import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import { AriError } from './ari-error.ts'
import type { AriHttp, AriResponse } from './ari-http.ts'

/** Where the requests of one `ari-client` go. */
export interface AriRoute {
  readonly http: AriHttp
  /** Maps the address `ari-client` made (it knows neither Asterisk's `prefix` nor a proxy) to the one that is reached. */
  readonly address: (made: URL) => URL
  readonly timeoutMs: number
}

/** What `swagger-client` hands over; only what is used. */
interface SwaggerExchange {
  readonly url: string
  readonly method: string
  readonly body?: unknown
  readonly on: {
    readonly response: (response: SwaggerResponse) => unknown
    readonly error: (failure: unknown) => unknown
  }
}

interface SwaggerResponse {
  readonly status: number
  readonly data: string
  readonly headers: AriResponse['headers']
}

interface SwaggerModule {
  readonly SwaggerHttp: { readonly prototype: { execute: (exchange: SwaggerExchange) => void } }
  readonly SwaggerApi: {
    readonly prototype: { fail: (this: { failure(reason: unknown): void }, reason: unknown) => void }
  }
}

const current = new AsyncLocalStorage<AriRoute>()
let installed = false

/**
 * Runs `act`, and sends whatever `ari-client` requests in its course through `route`.
 *
 * `ari-client` sends through `swagger-client` 2.0, whose own HTTP half (shred) has no time-out, throws strings out of socket
 * callbacks (a 401 on the API documents ends the process), loses the HTTP status of every failure and authorises all hosts
 * with the credentials given last. Its `SwaggerHttp.execute` is the one seam everything passes: there requests are taken over.
 */
export function throughRoute<T>(route: AriRoute, act: () => T): T {
  install()
  return current.run(route, act)
}

function install(): void {
  if (installed) return
  installed = true
  const require = createRequire(import.meta.url)
  // The very copy that ari-client uses, wherever npm has put it.
  const swagger: SwaggerModule = createRequire(require.resolve('ari-client'))('swagger-client')
  swagger.SwaggerHttp.prototype.execute = execute
  // The original throws after telling: out of a callback that is an uncaught exception.
  swagger.SwaggerApi.prototype.fail = function fail(reason) {
    this.failure(reason)
  }
  // swagger-client leaves a global `log` that prints to stdout and keeps every line in memory.
  Reflect.set(globalThis, 'log', () => undefined)
}

function execute(exchange: SwaggerExchange): void {
  const route = current.getStore()
  if (!route) {
    exchange.on.error(new AriError('ari-client was called outside of its connection'))
    return
  }
  const { http, timeoutMs, address } = route
  const body = typeof exchange.body === 'string' ? exchange.body : undefined
  http.send({ method: exchange.method.toUpperCase(), url: address(new URL(exchange.url)), body, timeoutMs }).then(
    (answer) => settle(exchange, answer),
    (failure: unknown) => exchange.on.error(failure),
  )
}

function settle(exchange: SwaggerExchange, { status, headers, body }: AriResponse): void {
  // `data` must be absent from a failure: ari-client would make a new Error of it and lose the status.
  if (status < 200 || status >= 300) {
    exchange.on.error(new AriError(refusal(status, body), status))
    return
  }
  try {
    exchange.on.response({ status, headers, data: body })
  } catch (cause) {
    // Answers that are no JSON throw inside swagger-client and ari-client.
    exchange.on.error(new AriError('an answer that cannot be read', undefined, { cause }))
  }
}

/** Asterisk says `{"message":…}`, for failed allocations `{"error":…}` (reference ari.md 5.1). */
function refusal(status: number, body: string): string {
  const text = /"(?:message|error)"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1]
  return text ? `${text} (HTTP ${status})` : `HTTP ${status}`
}
