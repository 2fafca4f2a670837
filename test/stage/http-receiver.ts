import { once } from 'node:events'
import { createServer } from 'node:http'
import { z } from 'zod'

export interface Received {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: Readonly<Record<string, unknown>>
}

/** Somebody who is told things by POSTs of JSON. */
export interface HttpReceiver extends AsyncDisposable {
  readonly url: string
  readonly received: readonly Received[]
}

export async function receiveHttp(): Promise<HttpReceiver> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray()
    const body = z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.concat(chunks).toString('utf8')))
    received.push({ path: request.url ?? '', authorization: request.headers.authorization, body })
    response.end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
