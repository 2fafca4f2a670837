import type { RequestListener, Server } from 'node:http'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { type CertificateFiles, readCertificate, watchCertificate } from './certificate.ts'
import { mayCarryTokens } from './networks.ts'

export interface SocketDoor {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface DoorOptions {
  readonly host: string
  readonly port: number
  /** Serves https and wss; follows the files when they are renewed. */
  readonly certificate?: CertificateFiles
  /** Milliseconds between two looks at the certificate's files; the usual ten seconds when left out. */
  readonly certificateLookMs?: number
  readonly answer: RequestListener
  /** WebSocket doors by path. All of them take tokens. */
  readonly sockets: Readonly<Record<string, SocketDoor>>
  readonly log: Logger
}

export interface Door extends AsyncDisposable {
  /** The port listened on; differs from the one asked for when that was 0. */
  readonly port: number
}

/** The door cannot be opened; the message says what to do. */
export class HttpDoorError extends Error {
  override name = 'HttpDoorError'
}

/** A flood from one machine must not take the file descriptors that calls need. */
const MOST_CONNECTIONS = 4_000
/** Slow senders hold nothing for long. */
const patience = { headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 16_384 }

/** Opens one port. @throws HttpDoorError, CertificateError when it cannot be opened. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const { host, port, certificate, answer, sockets, log } = options
  await using opened = new AsyncDisposableStack()
  const server = certificate ? secureServer(certificate, options, opened) : createHttpServer(patience, answer)
  server.maxConnections = MOST_CONNECTIONS
  const upgraded = new Set<Duplex>()
  server.on('upgrade', (request, socket, head) => {
    // Node has let go of the socket: without a listener of ours a reset by the other side would end the process.
    socket.on('error', () => socket.destroy())
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
    upgrade(sockets, request, socket, head)
  })
  server.on(
    'drop',
    quietly(() => log.warn({ port, most: MOST_CONNECTIONS }, 'too many connections; new ones are dropped')),
  )
  server.on('clientError', (_error, socket) => {
    if (socket.writable) refuse(socket, '400 Bad Request')
  })
  await listen(server, host, port)
  opened.defer(() => close(server, upgraded))
  const closing = opened.move()
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

function secureServer(files: CertificateFiles, options: DoorOptions, opened: AsyncDisposableStack): Server {
  const { answer, log, certificateLookMs } = options
  const { cert, key } = readCertificate(files)
  const server = createHttpsServer({ ...patience, cert, key, minVersion: 'TLSv1.2' }, answer)
  opened.use(watchCertificate(files, (pair) => server.setSecureContext(pair), log, certificateLookMs))
  return server
}

function upgrade(sockets: DoorOptions['sockets'], request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const door = sockets[URL.parse(request.url ?? '/', 'http://door')?.pathname ?? '/']
  if (!door) refuse(socket, '404 Not Found')
  else if (!mayCarryTokens(request)) refuse(socket, '403 Forbidden')
  else door.upgrade(request, socket, head)
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy())
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (error: NodeJS.ErrnoException) => reject(new HttpDoorError(trouble(error, host, port))))
  server.listen(port, host, resolve)
  await promise
}

/** The server knows nothing of upgraded sockets any more, and would wait for them for ever. */
async function close(server: Server, upgraded: ReadonlySet<Duplex>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeAllConnections()
  for (const socket of upgraded) socket.destroy()
  await promise
}

/** At most one line a minute: a flood must not become a flood of lines. */
function quietly(tell: () => void): () => void {
  let silentUntil = 0
  return () => {
    if (performance.now() < silentUntil) return
    silentUntil = performance.now() + 60_000
    tell()
  }
}

function trouble(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE')
    return `port ${port} is taken by another program (a second Callweave?); stop it or set another port in the section "webserver"`
  if (error.code === 'EACCES') return `port ${port} needs root; set one above 1023 in the section "webserver"`
  if (error.code === 'EADDRNOTAVAIL') return `this machine has no address ${host}; set webserver.host`
  return `cannot listen on ${host}:${port}: ${error.message}`
}
