import { request } from 'node:http'
import { z } from 'zod'
import { type ControlDesk, OutboxReport } from './control-desk.ts'
import { controlSocketPath } from './control-socket.ts'

/** Nobody listens: the service is stopped. */
export class ServiceStopped extends Error {
  override name = 'ServiceStopped'
}

/** The service answers that it cannot; the message says why. */
export class ServiceRefused extends Error {
  override name = 'ServiceRefused'
}

const PATIENCE_MS = 70_000
const Keys = z.object({ keys: z.array(z.string()) })
const Host = z.object({ host: z.string() })
const Refusal = z.object({ message: z.string() })

/** The desk of the running service. Every method throws ServiceStopped when there is none, ServiceRefused when it says no. */
export function controlClient(directory: string): ControlDesk {
  const ask = (method: 'GET' | 'POST', path: string, body?: object) => askService(directory, method, path, body)
  return {
    outbox: async (dead) => OutboxReport.parse(await ask('GET', `/outbox?dead=${dead}`)),
    retry: async (keys) => Keys.parse(await ask('POST', '/outbox/retry', { keys })).keys,
    drop: async (keys) => Keys.parse(await ask('POST', '/outbox/drop', { keys })).keys,
    authorise: async (code) => Host.parse(await ask('POST', '/authorise', { code })).host,
  }
}

/** One question to the running service. @throws ServiceStopped, ServiceRefused */
export async function askService(
  directory: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<unknown> {
  const { status, text } = await exchange(controlSocketPath(directory), method, path, body)
  if (status === 200 || status === 202) return JSON.parse(text)
  const told = Refusal.safeParse(parseOrUndefined(text))
  throw new ServiceRefused(told.success ? told.data.message : `the service answered ${status}`)
}

function exchange(socketPath: string, method: string, path: string, body: object | undefined) {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly status: number; readonly text: string }>()
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const outgoing = request({ socketPath, method, path, headers, timeout: PATIENCE_MS })
  outgoing.once('timeout', () => outgoing.destroy(new Error('the service does not answer')))
  outgoing.once('error', (error) => {
    const code = 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return reject(new ServiceStopped('the service is not running'))
    if (code === 'EACCES') return reject(new ServiceRefused('only root and the user of the service may do this'))
    reject(new ServiceRefused(error.message))
  })
  outgoing.once('response', (incoming) => {
    incoming.toArray().then((chunks) => resolve({ status: incoming.statusCode ?? 0, text: chunks.join('') }), reject)
  })
  outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  return promise
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
