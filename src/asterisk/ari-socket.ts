import { WebSocket } from 'ws'
import { type AriAddress, ariAuthorization, ariEvents } from './ari-address.ts'
import { AriError } from './ari-error.ts'
import { createInbox } from './inbox.ts'

/** How the liveness of a link is judged. Reference ari.md 2.1: Asterisk answers pings and never sends any. */
export interface SocketTiming {
  readonly handshakeMs: number
  readonly pingEveryMs: number
  /** Silence after a ping that ends the link: whatever arrives counts as life, since a pong queues behind events. */
  readonly pongWithinMs: number
}

export const socketTiming: SocketTiming = { handshakeMs: 10_000, pingEveryMs: 15_000, pongWithinMs: 10_000 }

/** A bridge of five hundred channels is about 30 kB. */
const LARGEST_MESSAGE_BYTES = 4 * 1024 * 1024
/** A reader this far behind (half a minute of a very busy PBX) is better served by a new snapshot. */
const MOST_WAITING = 100_000

/** One connection to the event stream. */
export interface AriSocket extends Disposable {
  /**
   * Text frames that have arrived since the last call, in order, as soon as there are any.
   * @throws AriError when the link has ended and nothing is left to read; its message says why.
   */
  read(): Promise<readonly string[]>
  /** When the other side last showed life: epoch milliseconds of our clock. Hanging up is life too, silence is none. */
  aliveAt(): number
}

/**
 * Opens the stream of `address.application`. From this moment `Stasis()` waits for us, and nobody else gets its events.
 * @throws AriError `refused`, `loading`, or without a status when nobody answered.
 */
export function openAriSocket(
  address: AriAddress,
  timing: SocketTiming,
  signal: AbortSignal,
  now: () => number,
): Promise<AriSocket> {
  const socket = new WebSocket(ariEvents(address), {
    headers: { authorization: ariAuthorization(address) },
    handshakeTimeout: timing.handshakeMs,
    maxPayload: LARGEST_MESSAGE_BYTES,
    perMessageDeflate: false,
  })
  let ended = false
  let aliveAt = now()
  const alive = () => {
    if (!ended) aliveAt = now()
  }
  const end = (reason: string) => {
    ended = true
    inbox.end(new AriError(`event stream: ${reason}`))
    socket.terminate()
  }
  const inbox = createInbox<string>(MOST_WAITING, () => end(`more than ${MOST_WAITING} events waited to be read`))
  const stopWatching = watchLiveness(socket, timing, end)
  const close = () => end('closed by us')
  signal.addEventListener('abort', close)

  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ read: inbox.read, aliveAt: () => aliveAt, [Symbol.dispose]: close }))
    for (const sign of ['open', 'message', 'pong', 'close']) socket.on(sign, alive)
    socket.on('message', (data, binary) => {
      if (!binary) inbox.put(data.toString())
    })
    socket.on('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0
      reject(new AriError(`event stream: HTTP ${status}`, status))
      socket.terminate()
    })
    // Without a listener an 'error' would end the process; 'close' follows it in every case.
    socket.on('error', (error) => {
      inbox.end(new AriError(`event stream: ${error.message}`, undefined, { cause: error }))
      reject(new AriError(`event stream: ${error.message}`, undefined, { cause: error }))
    })
    socket.on('close', (code) => {
      stopWatching()
      signal.removeEventListener('abort', close)
      inbox.end(new AriError(`event stream: closed with code ${code}`))
      reject(new AriError(`event stream: closed with code ${code} before it was open`))
    })
  })
}

/** Ends a link on which nothing moves any more: the other side was cut off and no packet will ever tell. */
function watchLiveness(socket: WebSocket, timing: SocketTiming, end: (reason: string) => void): () => void {
  let heard = true
  let deadline: NodeJS.Timeout | undefined
  const alive = () => {
    heard = true
  }
  socket.on('pong', alive)
  socket.on('message', alive)
  const pings = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return
    heard = false
    socket.ping()
    deadline = setTimeout(() => {
      if (!heard) end(`silent for ${timing.pongWithinMs} ms after a ping`)
    }, timing.pongWithinMs)
  }, timing.pingEveryMs)
  return () => {
    clearInterval(pings)
    clearTimeout(deadline)
  }
}
