import { createServer } from 'node:net'
import type { Config } from '../../config/schema.ts'
import { type Check, failure, ok } from './finding.ts'

const SUBJECT = 'ports'

/** Is the HTTP door free, or is it Callweave itself that stands in it? */
export function portCheck({ host, port }: Config['webserver']): Check {
  return async (signal) => {
    if (await free(host, port)) return [ok(SUBJECT, `${port} is free`)]
    if (await isCallweave(port, signal)) return [ok(SUBJECT, `${port} is served by a running Callweave`)]
    const cure = `find it with "ss -ltnp 'sport = :${port}'" and stop it, or set webserver.port`
    return [
      failure(
        SUBJECT,
        `${port} cannot be opened on ${host}: another program has it, or this machine has no such address`,
        cure,
      ),
    ]
  }
}

async function free(host: string, port: number): Promise<boolean> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  server.once('error', () => resolve(false))
  server.listen(port, host, () => server.close(() => resolve(true)))
  return promise
}

async function isCallweave(port: number, signal: AbortSignal): Promise<boolean> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(3_000)])
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: limit })
    const body: unknown = await answer.json()
    return typeof body === 'object' && body !== null && 'alive' in body
  } catch {
    return false
  }
}
