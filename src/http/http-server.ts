import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import Koa from 'koa'
import type Router from 'koa-router'
import type { Logger } from 'pino'

export interface HttpDeps {
  readonly host: string
  readonly port: number
  readonly routers: readonly Router[]
  /** WebSocket doors by path. */
  readonly sockets: Readonly<Record<string, SocketDoor>>
  readonly log: Logger
}

export interface SocketDoor {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface HttpServer extends AsyncDisposable {
  /** The port listened on; differs from the one asked for when that was 0. */
  readonly port: number
}

/** The door cannot be opened; the message says what to do. */
export class HttpDoorError extends Error {
  override name = 'HttpDoorError'
}

/** A flood from one machine must not take the file descriptors that calls need. */
const MOST_CONNECTIONS = 4_000

/** Opens the HTTP door. @throws HttpDoorError when the address cannot be listened on. */
export async function openHttp({ host, port, routers, sockets, log }: HttpDeps): Promise<HttpServer> {
  const app = new Koa()
  app.use(async (ctx, next) => {
    ctx.set('X-Content-Type-Options', 'nosniff')
    try {
      await next()
      if (ctx.status === 404 && ctx.body === undefined) ctx.throw(404, 'There is nothing at this address.')
    } catch (error) {
      const { status, message } = seen(error)
      if (status >= 500) log.error({ error: String(error), path: ctx.path }, 'a request failed')
      ctx.status = status
      ctx.body = { code: codes[status] ?? 'error', message }
    }
  })
  for (const router of routers) app.use(router.routes())

  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 16_384 }, app.callback())
  server.maxConnections = MOST_CONNECTIONS
  server.on('upgrade', (request, socket, head) => {
    const door = sockets[pathOf(request)]
    if (door) door.upgrade(request, socket, head)
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
  })
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
  })
  await listen(server, host, port)
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      server.closeAllConnections()
      await promise
    },
  }
}

const codes: Readonly<Record<number, string>> = {
  400: 'bad-request',
  401: 'unauthorised',
  403: 'forbidden',
  404: 'not-found',
  500: 'internal',
}

/** What a stranger may know of an error: our own sentences, never the inside of a failure. */
function seen(error: unknown): { readonly status: number; readonly message: string } {
  const known = error instanceof Error && 'expose' in error && error.expose === true && 'status' in error
  if (known && typeof error.status === 'number') return { status: error.status, message: error.message }
  return { status: 500, message: 'Something failed inside; the log has the details.' }
}

function pathOf(request: IncomingMessage): string {
  return URL.parse(request.url ?? '/', 'http://door')?.pathname ?? '/'
}

async function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (error: NodeJS.ErrnoException) => reject(new HttpDoorError(doorTrouble(error, host, port))))
  server.listen(port, host, resolve)
  await promise
}

function doorTrouble(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE')
    return `port ${port} is taken by another program (a second Callweave?); stop it or set webserver.port`
  if (error.code === 'EACCES') return `port ${port} needs root; set webserver.port to one above 1023`
  if (error.code === 'EADDRNOTAVAIL') return `this machine has no address ${host}; set webserver.host`
  return `cannot listen on ${host}:${port}: ${error.message}`
}
