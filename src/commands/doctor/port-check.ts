import { get as getPlain } from 'node:http'
import { get as getSecure } from 'node:https'
import { createServer } from 'node:net'
import { json } from 'node:stream/consumers'
import type { Config } from '../../config/schema.ts'
import { type Check, type Finding, failure, ok } from './finding.ts'

const SUBJECT = 'ports'
const PATIENCE_MS = 3_000

interface Door {
  readonly host: string
  readonly port: number
  readonly secure: boolean
}

/** Are the HTTP and the HTTPS door free, or is it Callweave itself that stands in them? */
export function portCheck({ host, port, https }: Config['webserver']): Check {
  const doors = [{ host, port, secure: false }, ...(https ? [{ host, port: https.port, secure: true }] : [])]
  return async (signal) => Promise.all(doors.map((door) => doorFinding(door, signal)))
}

async function doorFinding(door: Door, signal: AbortSignal): Promise<Finding> {
  const { host, port, secure } = door
  if (await free(host, port)) return ok(SUBJECT, `${port} is free`)
  if (await isCallweave(door, signal)) return ok(SUBJECT, `${port} is served by a running Callweave`)
  const key = secure ? 'webserver.https.port' : 'webserver.port'
  return failure(
    SUBJECT,
    `${port} cannot be opened on ${host}: another program has it, or this machine has no such address`,
    `find it with "ss -ltnp 'sport = :${port}'" and stop it, or set ${key}`,
  )
}

async function free(host: string, port: number): Promise<boolean> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  server.once('error', () => resolve(false))
  server.listen(port, host, () => server.close(() => resolve(true)))
  return promise
}

async function isCallweave({ port, secure }: Door, signal: AbortSignal): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const get = secure ? getSecure : getPlain
  const options = { host: '127.0.0.1', port, path: '/healthz', agent: false, signal: limit }
  // The certificate is for the name browsers use, and is looked at by a check of its own.
  get({ ...options, rejectUnauthorized: false }, (answer) => resolve(json(answer))).on('error', resolve)
  const body = await promise.catch(() => undefined)
  return typeof body === 'object' && body !== null && 'alive' in body
}
