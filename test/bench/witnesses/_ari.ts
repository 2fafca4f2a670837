import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { WebSocket } from 'ws'

export interface AriOptions {
  readonly url: string
  readonly user: string
  readonly password: string
  readonly application: string
}

/** What an ARI client needs at the least: the `ws` socket and requests over kept connections. */
export interface BareAri {
  readonly socket: WebSocket
  /** @returns the status */
  send(method: string, path: string, body?: object): Promise<number>
}

export async function connectBare({ url, user, password, application }: AriOptions): Promise<BareAri> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const agent = new Agent({ keepAlive: true })
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ari/events?app=${application}`, {
    headers: { authorization },
    perMessageDeflate: false,
  })
  await once(socket, 'open')
  const send = (method: string, path: string, body?: object): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers = {
      authorization,
      'content-length': Buffer.byteLength(text),
      ...(text !== '' && { 'content-type': 'application/json' }),
    }
    const sent = request(`${url}/ari/${path}`, { method, agent, headers }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    sent.on('error', reject)
    sent.end(text)
    return promise
  }
  return { socket, send }
}
