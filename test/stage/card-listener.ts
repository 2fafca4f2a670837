import { WebSocket } from 'ws'

export type ReceivedCard = Readonly<Record<string, unknown>> & { readonly type: string }

/** A manager's browser at `/crm/cardws`, without the browser. */
export interface CardListener extends Disposable {
  readonly messages: readonly ReceivedCard[]
  /** Calls back with every message to come. */
  onMessage(react: (message: ReceivedCard) => void): void
  /** The first message, past or to come, that fits. @throws when none came in time. */
  waitFor(fits: (message: ReceivedCard) => boolean, timeoutMs: number): Promise<ReceivedCard>
}

/** Connects and says hello; resolves when the door has welcomed it. */
export async function listenToCards(port: number, token: string): Promise<CardListener> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/crm/cardws`)
  const messages: ReceivedCard[] = []
  const waiters = new Set<() => void>()
  const reactions = new Set<(message: ReceivedCard) => void>()
  const wake = () => {
    for (const waiter of waiters) waiter()
  }
  socket.on('message', (data) => {
    const message: ReceivedCard = JSON.parse(String(data))
    messages.push(message)
    for (const react of reactions) react(message)
    wake()
  })
  socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', token })))
  socket.on('error', wake)
  socket.on('close', wake)

  const waitFor = async (fits: (message: ReceivedCard) => boolean, timeoutMs: number): Promise<ReceivedCard> => {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => reject(new Error(`no such card after ${timeoutMs} ms; came: ${JSON.stringify(messages)}`)),
      timeoutMs,
    )
    try {
      for (;;) {
        const found = messages.find(fits)
        if (found) return found
        const { promise, resolve } = Promise.withResolvers<void>()
        waiters.add(resolve)
        await Promise.race([promise, late])
        waiters.delete(resolve)
      }
    } finally {
      clearTimeout(timer)
    }
  }
  await waitFor((message) => message.type === 'welcome', 5_000)
  return { messages, waitFor, onMessage: (react) => reactions.add(react), [Symbol.dispose]: () => socket.terminate() }
}
