import http from 'node:http'
import https from 'node:https'
import { CrmOutcomeUnknown, CrmUnreachable } from '../errors.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface HttpAnswer {
  readonly status: number
  /** Media type in lower case, without parameters; empty when there is none. */
  readonly type: string
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

export interface TransportLimits {
  readonly connectMs: number
  /** From the first step to the last byte. */
  readonly totalMs: number
  readonly answerBytes: number
}

/** The CRM's own client waits 5 s and 20 s too (reference amocrm.md 0); 250 contacts with many fields stay below 2 MB. */
export const transportLimits: TransportLimits = { connectMs: 5_000, totalMs: 20_000, answerBytes: 32 * 1024 * 1024 }

/** Below the idle time-outs of common front-ends, so that a request is seldom sent into a connection that is being closed. */
const IDLE_MS = 4_000

export type Transport = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>

/**
 * One HTTP exchange over kept-alive connections. It is `node:http` and not `fetch` because a write must know whether its bytes left:
 * before that a failure is `CrmUnreachable` and the write certainly did not happen, after it `CrmOutcomeUnknown`.
 */
export function createTransport(limits: TransportLimits = transportLimits): Transport {
  const agents = {
    http: new http.Agent({ keepAlive: true, timeout: IDLE_MS }),
    https: new https.Agent({ keepAlive: true, timeout: IDLE_MS }),
  }

  return (request, signal) =>
    new Promise((resolve, reject) => {
      let sent = false
      const fail = (what: string, cause?: unknown, tooHeavy = false) => {
        const message = `${request.method} ${request.url.pathname}: ${what}`
        reject(sent ? new CrmOutcomeUnknown(message, { cause, tooHeavy }) : new CrmUnreachable(message, { cause }))
        outgoing.destroy()
      }
      const secure = request.url.protocol === 'https:'
      const outgoing = (secure ? https : http).request(request.url, {
        agent: secure ? agents.https : agents.http,
        method: request.method,
        headers: {
          ...request.headers,
          ...(request.body !== undefined && { 'content-length': String(Buffer.byteLength(request.body)) }),
        },
      })
      const stop = () => fail('stopped', signal.reason)
      const whole = setTimeout(() => fail(`no answer within ${limits.totalMs} ms`, undefined, true), limits.totalMs)
      const connecting = setTimeout(() => fail(`no connection within ${limits.connectMs} ms`), limits.connectMs)
      const settled = () => {
        clearTimeout(whole)
        clearTimeout(connecting)
        signal.removeEventListener('abort', stop)
      }
      signal.addEventListener('abort', stop, { once: true })
      outgoing.once('close', settled)
      outgoing.once('error', (error) => fail(error.message, error))
      outgoing.once('socket', (socket) => {
        const connected = () => {
          clearTimeout(connecting)
          sent = true
        }
        // A reused connection is ready; a new one sends nothing before it stands (TLS: before the handshake is over).
        if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', connected)
        else connected()
      })
      outgoing.once('response', (incoming) => {
        collect(incoming, limits.answerBytes)
          .then((text) => {
            settled()
            resolve({
              status: incoming.statusCode ?? 0,
              type: mediaType(incoming.headers),
              headers: incoming.headers,
              text,
            })
          })
          .catch((error: unknown) => fail(error instanceof Error ? error.message : String(error), error))
      })
      if (signal.aborted) stop()
      else outgoing.end(request.body)
    })
}

async function collect(incoming: http.IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > limit) throw new Error(`the answer is longer than ${limit} bytes`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function mediaType(headers: http.IncomingHttpHeaders): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
