import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import type { CardDelivery, CardMessage, PersonalMessage } from './card.ts'
import { createNewcomers } from './newcomers.ts'

const HELLO_WITHIN_MS = 5_000
const PING_EVERY_MS = 20_000
/** A hello is short; whoever sends more is no widget of ours. */
const LARGEST_MESSAGE_BYTES = 4_096
/** A browser this far behind has gone; it gets everything again when it comes back. */
const FURTHEST_BEHIND_BYTES = 1_000_000
const MOST_BROWSERS = 2_000
/** A flood of wrong tokens must not become a flood of lines. */
const WRONG_TOKEN_LINE_EVERY_MS = 10_000

/** Close codes of ours; 4000–4999 are free for applications (RFC 6455 7.4.2). */
export const closeCodes = { noHello: 4000, wrongToken: 4001, tooMany: 4002 } as const

const Hello = z.object({ type: z.literal('hello'), token: z.string().min(1).max(2_000) })

export interface CardSocketDeps {
  /** The extension a token opens, or undefined. */
  readonly authenticate: (token: string) => string | undefined
  readonly welcome: (extension: string) => CardMessage
  readonly log: Logger
}

/** The door `/crm/cardws`: a browser says hello with its token, gets all its cards, then every change. */
export interface CardSocket extends AsyncDisposable {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  send(deliveries: readonly CardDelivery[]): void
  /** To every browser of one person. */
  tell(extension: string, message: PersonalMessage): void
  /** Browsers connected, by person. */
  connected(): number
}

export function createCardSocket({ authenticate, welcome, log }: CardSocketDeps): CardSocket {
  const server = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE_BYTES, perMessageDeflate: false })
  const byExtension = new Map<string, Set<WebSocket>>()
  const alive = new WeakSet<WebSocket>()
  const newcomers = createNewcomers()
  let browsers = 0
  const wrongTokens = { sinceLine: 0, nextLineAt: 0 }

  const join = (socket: WebSocket, extension: string): void => {
    const sockets = byExtension.get(extension) ?? new Set()
    byExtension.set(extension, sockets.add(socket))
    browsers += 1
    socket.once('close', () => {
      browsers -= 1
      sockets.delete(socket)
      if (sockets.size === 0 && byExtension.get(extension) === sockets) byExtension.delete(extension)
    })
    write(socket, JSON.stringify(welcome(extension)))
  }

  const hello = (socket: WebSocket, data: RawData): void => {
    const parsed = Hello.safeParse(json(data))
    const extension = parsed.success ? authenticate(parsed.data.token) : undefined
    if (extension === undefined) {
      tellWrongToken()
      socket.close(closeCodes.wrongToken, 'this token opens no cards')
      return
    }
    if (browsers >= MOST_BROWSERS) socket.close(closeCodes.tooMany, 'too many browsers')
    else join(socket, extension)
  }

  const tellWrongToken = (): void => {
    wrongTokens.sinceLine += 1
    if (performance.now() < wrongTokens.nextLineAt) return
    log.warn({ door: 'cardws', times: wrongTokens.sinceLine }, 'a browser said hello with a token that opens nothing')
    wrongTokens.sinceLine = 0
    wrongTokens.nextLineAt = performance.now() + WRONG_TOKEN_LINE_EVERY_MS
  }

  server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    alive.add(socket)
    socket.on('pong', () => alive.add(socket))
    socket.on('error', (error) => log.debug({ error: error.message }, 'a card socket failed'))
    const patience = setTimeout(() => socket.close(closeCodes.noHello, 'no hello'), HELLO_WITHIN_MS)
    const leave = newcomers.enter(request.socket.remoteAddress ?? '')
    const settled = (): void => {
      clearTimeout(patience)
      leave?.()
    }
    socket.once('close', settled)
    if (!leave) return socket.close(closeCodes.tooMany, 'too many silent browsers')
    socket.once('message', (data) => {
      settled()
      hello(socket, data)
    })
  })

  const pinging = setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate()
      else socket.ping()
    }
  }, PING_EVERY_MS)
  pinging.unref()

  const tell = (extension: string, message: CardMessage | PersonalMessage): void => {
    const sockets = byExtension.get(extension)
    if (!sockets) return
    const text = JSON.stringify(message)
    for (const socket of sockets) write(socket, text)
  }

  return {
    upgrade: (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (upgraded) => server.emit('connection', upgraded, request)),
    send: (deliveries) => {
      for (const { extension, message } of deliveries) tell(extension, message)
    },
    tell,
    connected: () => browsers,
    [Symbol.asyncDispose]: async () => {
      clearInterval(pinging)
      for (const socket of server.clients) socket.terminate()
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      await promise
    },
  }
}

function write(socket: WebSocket, text: string): void {
  if (socket.bufferedAmount > FURTHEST_BEHIND_BYTES) socket.terminate()
  else if (socket.readyState === socket.OPEN) socket.send(text)
}

function json(data: RawData): unknown {
  try {
    return JSON.parse(data.toString())
  } catch {
    return undefined
  }
}
