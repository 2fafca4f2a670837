import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface DigestProxy extends AsyncDisposable {
  readonly url: string
  /** `algorithm` of every login that came by. */
  readonly algorithms: string[]
  /** Whoever asks is offered this one only; undefined: what the server offers. */
  offer: 'MD5' | 'SHA-256' | undefined
}

/** Stands before a door that offers several algorithms and lets one through: curl takes what it likes best. */
export async function startDigestProxy(port: number): Promise<DigestProxy> {
  const server = createServer((incoming, answer) => pass(incoming, answer))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const algorithms: string[] = []
  const proxy: DigestProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    algorithms,
    offer: undefined,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  function pass(incoming: IncomingMessage, answer: ServerResponse): void {
    const { method = 'GET', url = '/', headers } = incoming
    const algorithm = /algorithm="?([\w-]+)/.exec(headers.authorization ?? '')?.[1]
    if (algorithm !== undefined) algorithms.push(algorithm)
    const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers }, (told) => {
      const lines = told.rawHeaders.flatMap((name, at, all) =>
        at % 2 === 0 ? [[name, all[at + 1] ?? ''] as const] : [],
      )
      const kept = lines.filter(([name, value]) => name.toLowerCase() !== 'www-authenticate' || isOffered(value))
      answer.writeHead(told.statusCode ?? 502, kept.flat())
      told.pipe(answer)
    })
    outgoing.once('error', () => answer.destroy())
    incoming.pipe(outgoing)
  }

  const isOffered = (challenge: string) => proxy.offer === undefined || challenge.includes(`algorithm=${proxy.offer}`)
  return proxy
}
