import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { type AriAddress, ariAuthorization } from './ari-address.ts'
import { AriError } from './ari-error.ts'

export interface AriRequest {
  readonly method: string
  readonly url: URL
  readonly body?: string | undefined
  readonly timeoutMs: number
}

export interface AriResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface AriHttp extends Disposable {
  /**
   * One request with Basic authorisation. Resolves with any status.
   * @throws AriError without a status when no whole answer came in time.
   */
  send(request: AriRequest): Promise<AriResponse>
}

/** Below Asterisk's `session_keep_alive` of 15 s: a reused connection is never one that Asterisk is just closing. */
const IDLE_CONNECTION_MS = 10_000
/** Connections count against `sessionlimit` (100, shared with browser phones). */
const MOST_CONNECTIONS = 10
/** A thousand channels with their variables are about 1 MB. */
const LARGEST_ANSWER_BYTES = 32 * 1024 * 1024

/** HTTP to one Asterisk: kept connections, a time-out over the whole exchange, bounded answers. */
export function createAriHttp(address: AriAddress): AriHttp {
  const authorization = ariAuthorization(address)
  const options = { keepAlive: true, maxSockets: MOST_CONNECTIONS, timeout: IDLE_CONNECTION_MS }
  const secure = new URL(address.url).protocol === 'https:'
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options)
  const open = secure ? httpsRequest : httpRequest

  return {
    send({ method, url, body, timeoutMs }) {
      return new Promise((resolve, reject) => {
        const headers = { authorization, accept: 'application/json', ...bodyHeaders(body) }
        const signal = AbortSignal.timeout(timeoutMs)
        const failed = (cause: unknown) => {
          const reason = signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(cause)
          reject(new AriError(`${method} ${url.pathname}: ${reason}`, undefined, { cause }))
        }
        const request = open(url, { method, agent, headers, signal }, (response) => {
          readBody(response).then(
            (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
            failed,
          )
        })
        request.on('error', failed)
        request.end(body)
      })
    },
    [Symbol.dispose]() {
      agent.destroy()
    },
  }
}

function bodyHeaders(body: string | undefined): Record<string, string> {
  if (body === undefined) return { 'content-length': '0' }
  return { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > LARGEST_ANSWER_BYTES) throw new Error(`answer larger than ${LARGEST_ANSWER_BYTES} bytes`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}
