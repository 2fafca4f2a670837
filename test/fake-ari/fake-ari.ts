import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { apiDocument } from './api-docs.ts'

/** What the fake answers; a status instead of a body refuses. */
export interface FakePbx {
  channels: readonly unknown[]
  bridges: readonly unknown[]
  /** Refuses every request and connection with this status. */
  refuse: number | undefined
  /** Refuses only the API documents, as an Asterisk that dies right then does. */
  refuseDocuments: number | undefined
  /** Whether `GET /applications/<name>` knows the application. */
  knowsApplication: boolean
  /** Asterisk's clock minus the real one. */
  clockSkewMs: number
  /** When it was started, as it tells it. */
  startedAt: string
  /** Accepts links and never answers a ping, as a peer behind a cut cable does. */
  deaf: boolean
}

/**
 * An ARI in this process: API documents, the resources the service uses and the event stream. It is for what a real Asterisk
 * cannot be made to do on demand: half-open links, malformed messages, refusals in the middle.
 */
export interface FakeAri extends AsyncDisposable {
  readonly url: string
  readonly pbx: FakePbx
  /** Every request that is not for documents: `PUT /ari/applications/callweave/eventFilter {"…"}`. */
  readonly requests: readonly string[]
  /** The same requests without their bodies, each with `user:password`. */
  readonly users: readonly (readonly [request: string, credentials: string])[]
  /** Open event streams, oldest first. */
  readonly links: readonly WebSocket[]
  /** Sends one message to the newest link; text goes as it is. */
  say(message: object | string): void
}

export async function startFakeAri(): Promise<FakeAri> {
  const pbx: FakePbx = {
    channels: [],
    bridges: [],
    refuse: undefined,
    refuseDocuments: undefined,
    knowsApplication: true,
    clockSkewMs: 0,
    startedAt: '2026-11-20T08:00:00.000+0000',
    deaf: false,
  }
  const requests: string[] = []
  const users: [string, string][] = []
  const links: WebSocket[] = []
  const say = (message: object | string) =>
    links.at(-1)?.send(typeof message === 'string' ? message : JSON.stringify(message))
  const stamp = () => new Date(Date.now() + pbx.clockSkewMs).toISOString().replace('Z', '+0000')

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`)
    if (pbx.refuse) return answer(response, pbx.refuse, { message: 'refused by the test' })
    const document = /\/ari\/api-docs\/(.+)$/.exec(url.pathname)?.[1]
    if (document && pbx.refuseDocuments) return answer(response, pbx.refuseDocuments, 'no JSON object')
    if (document) return answer(response, 200, apiDocument(document, `http://${request.headers.host}/ari`))
    const body = await bodyOf(request)
    requests.push(`${request.method} ${decodeURIComponent(url.pathname + url.search)} ${body}`.trim())
    const basic = request.headers.authorization?.replace('Basic ', '') ?? ''
    users.push([`${request.method} ${url.pathname}`, Buffer.from(basic, 'base64').toString()])
    const clock = /\/events\/user\/(.+)$/.exec(url.pathname)?.[1]
    if (clock) say({ type: 'ChannelUserevent', eventname: clock, userevent: {}, timestamp: stamp() })
    answer(response, ...resource(url.pathname, pbx))
  })
  const sockets = new WebSocketServer({ noServer: true, autoPong: false })
  server.on('upgrade', (request, socket, head) => {
    if (pbx.refuse) {
      socket.end(`HTTP/1.1 ${pbx.refuse} Refused\r\nConnection: close\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (link) => {
      links.push(link)
      link.on('ping', (data) => {
        if (!pbx.deaf) link.pong(data)
      })
      link.on('close', () => links.splice(links.indexOf(link), 1))
    })
  })
  const port = await listening(server)

  return {
    url: `http://127.0.0.1:${port}`,
    pbx,
    requests,
    users,
    links,
    say,
    async [Symbol.asyncDispose]() {
      for (const link of [...links]) link.terminate()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

function resource(path: string, pbx: FakePbx): [status: number, body?: unknown] {
  switch (path) {
    case '/ari/asterisk/info':
      return [200, { system: { version: '22.10.1' }, status: { startup_time: pbx.startedAt } }]
    case '/ari/channels':
      return [200, pbx.channels]
    case '/ari/bridges':
      return [200, pbx.bridges]
    case '/ari/endpoints':
      return [200, []]
    case '/ari/applications/callweave':
      return pbx.knowsApplication ? [200, { name: 'callweave' }] : [404, { message: 'Application not found' }]
    default:
      return [204]
  }
}

function answer(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
