import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isLoopback } from './loopback.ts'

export interface Posted {
  /** 0 when nobody could be reached, or nobody waits any more. */
  readonly status: Promise<number>
  /** Nobody waits any longer. */
  giveUp(): void
}

/**
 * Posts a form. Redirects are not followed and certificates are checked. Whatever is not a loopback address is never asked and
 * counts as unreachable.
 */
export function post(address: string, body: string): Posted {
  const url = URL.parse(address)
  if (url === null || !isLoopback(url.hostname)) return { status: Promise.resolve(0), giveUp: () => undefined }
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'amoCRM-Webhooks/3.0',
    },
    agent: false,
  })
  const status = new Promise<number>((resolve) => {
    request.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', () => resolve(0))
  })
  request.end(body)
  return { status, giveUp: () => request.destroy() }
}
