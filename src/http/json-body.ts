import type { IncomingMessage } from 'node:http'

/** A body that cannot be used; the door answers with its status and message. */
export class BodyError extends Error {
  override name = 'BodyError'
  readonly status: 400 | 413 | 415
  /** The message is for the client (the door shows it). */
  readonly expose = true

  constructor(status: 400 | 413 | 415, message: string) {
    super(message)
    this.status = status
  }
}

/** Requests of the widget are some hundred bytes. */
const LARGEST_BODY_BYTES = 16 * 1024

/**
 * A request's body as JSON.
 * @param limit bytes; a body that says it is longer is not read at all.
 * @throws BodyError 415 when it is not said to be JSON, 413 when it is too long, 400 when it is no JSON or breaks off.
 */
export async function readJsonBody(request: IncomingMessage, limit: number = LARGEST_BODY_BYTES): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new BodyError(415, 'Send application/json.')
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLong(limit)
  const text = await textOf(request, limit)
  try {
    return JSON.parse(text)
  } catch {
    throw new BodyError(400, 'The body is no JSON.')
  }
}

/** A request's body as it is. @param limit bytes @throws BodyError 413 when it is too long, 400 when it breaks off */
export async function readTextBody(request: IncomingMessage, limit: number): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLong(limit)
  return textOf(request, limit)
}

async function textOf(request: IncomingMessage, limit: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const chunks: Buffer[] = []
  let size = 0
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
    else reject(tooLong(limit))
  })
  request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
  request.once('error', () => reject(new BodyError(400, 'The body broke off.')))
  return promise
}

function tooLong(limit: number): BodyError {
  return new BodyError(413, `The body is longer than ${limit} bytes.`)
}
