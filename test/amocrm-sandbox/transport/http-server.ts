import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Answer, problem } from './answer.ts'

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly rawQuery: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** `reset` breaks the TCP connection, `hang` never answers, `cutShort` ends the connection in the middle of the body. */
export type WireAnswer = Answer | 'reset' | 'hang' | { readonly cutShort: Answer }

/** amoCRM takes batches of 250 items; nobody needs more than this. */
const maximumBodyBytes = 8 * 1024 * 1024

/** Plain HTTP on the loopback address; `now` fills the Date header. */
export function createHttpServer(
  handle: (request: WireRequest) => Promise<WireAnswer>,
  now: () => number,
): { listen(port: number): Promise<number>; close(): Promise<void> } {
  const server = createServer((message, response) => {
    serve(message, response, handle, now).catch((error: unknown) => {
      // A defect of the sandbox must not pass for an injected fault.
      process.stderr.write(`amoCRM sandbox failed: ${error instanceof Error ? error.stack : String(error)}\n`)
      response.destroy()
    })
  })
  return {
    listen: (port) => listen(server, port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  handle: (request: WireRequest) => Promise<WireAnswer>,
  now: () => number,
): Promise<void> {
  const body = await readBody(message)
  const target = message.url ?? '/'
  const cut = target.indexOf('?')
  const answer =
    body === undefined
      ? problem(400, 'Request body is too large')
      : await handle({
          method: message.method ?? 'GET',
          path: cut < 0 ? target : target.slice(0, cut),
          rawQuery: cut < 0 ? '' : target.slice(cut + 1),
          headers: message.headers,
          body,
        })
  if (answer === 'hang') return
  if (answer === 'reset') {
    message.socket.resetAndDestroy()
    return
  }
  if ('cutShort' in answer) sendHalf(response, answer.cutShort, now())
  else send(response, answer, now())
}

/** The length of the whole is promised, half of it comes. */
function sendHalf(response: ServerResponse, answer: Answer, now: number): void {
  const whole = Buffer.from(answer.body ?? '')
  head(response, answer, now)
  response.setHeader('Content-Length', whole.length)
  response.write(whole.subarray(0, whole.length >> 1), () => response.destroy())
}

function send(response: ServerResponse, answer: Answer, now: number): void {
  head(response, answer, now)
  response.end(answer.body)
}

function head(response: ServerResponse, answer: Answer, now: number): void {
  response.sendDate = false
  response.setHeader('Date', new Date(now).toUTCString())
  response.setHeader('X-Request-Id', randomUUID())
  if (answer.type !== undefined) response.setHeader('Content-Type', answer.type)
  if (answer.location !== undefined) response.setHeader('Location', answer.location)
  response.statusCode = answer.status
}

async function readBody(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message) {
    const part: Buffer = Buffer.from(chunk)
    bytes += part.length
    if (bytes <= maximumBodyBytes) chunks.push(part)
  }
  return bytes > maximumBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8')
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('the sandbox has no TCP address'))
      else resolve(address.port)
    })
  })
}
