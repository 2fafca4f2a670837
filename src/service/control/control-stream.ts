import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { controlSocketPath } from './control-socket.ts'

/** The last thing the service said of itself before it went away. */
export class StreamBroken extends Error {
  override name = 'StreamBroken'
}

/**
 * Server-sent events of the running service, as they come; ends with the stream or with `signal`.
 * @throws StreamBroken when the service goes away
 */
export async function* eventsOfService(
  directory: string,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<{ readonly event: string; readonly data: string }, void, undefined> {
  try {
    const incoming = await opened(controlSocketPath(directory), path, signal)
    let text = ''
    for await (const chunk of incoming.setEncoding('utf8')) {
      text += chunk
      const messages = text.split('\n\n')
      text = messages.pop() ?? ''
      for (const message of messages) {
        const fields = new Map(
          message.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
        )
        const [event, data] = [fields.get('event'), fields.get('data')]
        if (event !== undefined && data !== undefined) yield { event, data }
      }
    }
  } catch (error) {
    if (!signal.aborted) throw new StreamBroken('the service has gone away', { cause: error })
  }
}

function opened(socketPath: string, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = request({ socketPath, path, headers: { accept: 'text/event-stream' }, signal })
  outgoing.once('error', reject)
  outgoing.once('response', resolve)
  outgoing.end()
  return promise
}
