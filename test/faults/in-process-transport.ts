import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpAnswer, HttpRequest, Transport } from '../../src/crm/amocrm/transport.ts'
import { transportLimits } from '../../src/crm/amocrm/transport.ts'
import { CrmOutcomeUnknown, CrmUnreachable } from '../../src/crm/errors.ts'
import type { Sandbox } from '../amocrm-sandbox/sandbox.ts'
import type { WireAnswer } from '../amocrm-sandbox/transport/http-server.ts'

export interface InProcessOptions {
  readonly sandbox: Pick<Sandbox, 'exchange'>
  /** Epoch milliseconds, for the CRM's Date header. */
  readonly now: () => number
  /** Whether this connection breaks before a byte has left. */
  readonly isRefused: () => boolean
}

/**
 * The sandbox asked without sockets, which know no virtual time: the same bytes go in and come out, and what the network would do to them ends
 * in the same errors as in the service's own transport.
 */
export function inProcessTransport({ sandbox, now, isRefused }: InProcessOptions): Transport {
  return async (request, signal) => {
    const what = `${request.method} ${request.url.pathname}`
    if (signal.aborted) throw new CrmUnreachable(`${what}: stopped`, { cause: signal.reason })
    if (isRefused()) throw new CrmUnreachable(`${what}: connect ECONNREFUSED`)
    const patience = new AbortController()
    const stopped = Promise.withResolvers<never>()
    const stop = () => stopped.reject(new CrmOutcomeUnknown(`${what}: stopped`, { cause: signal.reason }))
    signal.addEventListener('abort', stop, { once: true })
    try {
      const answer = await Promise.race([exchange(request), timedOut(what, patience.signal), stopped.promise])
      if (answer === 'hang') return await Promise.race([timedOut(what, patience.signal), stopped.promise])
      return read(answer, what, now())
    } finally {
      signal.removeEventListener('abort', stop)
      patience.abort()
    }
  }

  function exchange({ url, method, headers, body = '' }: HttpRequest): Promise<WireAnswer> {
    return sandbox.exchange(url.origin, {
      method,
      path: url.pathname,
      rawQuery: url.search.slice(1),
      headers: { host: url.host, ...headers },
      body,
    })
  }
}

async function timedOut(what: string, signal: AbortSignal): Promise<never> {
  const { totalMs } = transportLimits
  const patience = sleep(totalMs, undefined, { signal })
  return patience.then(
    () => {
      throw new CrmOutcomeUnknown(`${what}: no answer within ${totalMs} ms`, { tooHeavy: true })
    },
    () => new Promise<never>(() => {}),
  )
}

function read(answer: Exclude<WireAnswer, 'hang'>, what: string, now: number): HttpAnswer {
  if (answer === 'reset') throw new CrmOutcomeUnknown(`${what}: read ECONNRESET`)
  if ('cutShort' in answer) throw new CrmOutcomeUnknown(`${what}: aborted`)
  const { status, type = '', body = '' } = answer
  return {
    status,
    type: type.split(';', 1)[0] ?? '',
    headers: { date: new Date(now).toUTCString(), 'x-request-id': randomUUID(), 'content-type': type },
    text: body,
  }
}
