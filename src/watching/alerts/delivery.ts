import type { Logger } from 'pino'

/** One way to a person. */
export interface Channel {
  readonly name: string
  /** @throws when it was not delivered; the message must hold no secret */
  send(note: Note, signal: AbortSignal): Promise<void>
}

/** What is sent: a text for people, the same for machines. */
export interface Note {
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
}

export interface DeliveryDeps {
  readonly channels: readonly Channel[]
  readonly log: Pick<Logger, 'info' | 'warn'>
  /** Rests between tries, milliseconds; longer ones are the last. */
  readonly restsMs?: readonly number[]
}

/** Carries alerts to people without ever being waited for. */
export interface Delivery extends AsyncDisposable {
  post(note: Note): void
  /** Sends this one now, past everything that waits. @returns why not, by channel; empty strings: it went */
  now(note: Note): Promise<Readonly<Record<string, string>>>
  status(): Readonly<Record<string, ChannelStatus>>
}

export interface ChannelStatus {
  readonly waiting: number
  readonly sent: number
  /** Given up, because more waited than is kept. */
  readonly dropped: number
  readonly lastError: string | undefined
}

/** A receiver that is away for a day is told what matters when it is back: the latest. */
const MOST_WAITING = 50
const SEND_MS = 15_000
const RESTS_MS = [5_000, 15_000, 60_000, 300_000]

export function createDelivery({ channels, log, restsMs = RESTS_MS }: DeliveryDeps): Delivery {
  const ending = new AbortController()
  const lines = channels.map((channel) => createLine(channel, log, restsMs, ending.signal))
  return {
    post: (note) => {
      for (const line of lines) line.post(note)
    },
    now: async (note) => {
      const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(SEND_MS)])
      const ends = channels.map(async (channel) => [channel.name, await failure(channel.send(note, signal))] as const)
      return Object.fromEntries(await Promise.all(ends))
    },
    status: () => Object.fromEntries(lines.map((line) => [line.name, line.status()])),
    [Symbol.asyncDispose]: async () => {
      ending.abort(new Error('the service ends'))
      await Promise.all(lines.map(({ ended }) => ended()))
    },
  }
}

/** What waits for one channel, first come first sent. */
function createLine(channel: Channel, log: DeliveryDeps['log'], restsMs: readonly number[], ending: AbortSignal) {
  const waiting: Note[] = []
  const counts = { sent: 0, dropped: 0 }
  let lastError: string | undefined
  let running: Promise<void> | undefined

  const sendAll = async (): Promise<void> => {
    for (let failures = 0; waiting.length > 0 && !ending.aborted; ) {
      const [note] = waiting
      if (!note) return
      const why = await failure(channel.send(note, AbortSignal.any([ending, AbortSignal.timeout(SEND_MS)])))
      if (why === '') {
        failures = 0
        counts.sent += 1
        lastError = undefined
        if (waiting[0] === note) waiting.shift()
        continue
      }
      if (ending.aborted) return
      if (lastError !== why)
        log.warn({ channel: channel.name, error: why }, 'an alert could not be sent; it is tried again')
      lastError = why
      await rest(restsMs[Math.min(failures, restsMs.length - 1)] ?? 0, ending)
      failures += 1
    }
  }

  /** Ends in the very moment nothing waits: what is posted next begins anew. */
  const run = async (): Promise<void> => {
    try {
      await sendAll()
    } finally {
      running = undefined
      if (waiting.length > 0 && !ending.aborted) running = run()
    }
  }

  return {
    name: channel.name,
    post(note: Note): void {
      waiting.push(note)
      if (waiting.length > MOST_WAITING) {
        waiting.shift()
        counts.dropped += 1
      }
      running ??= run()
    },
    ended: async () => running,
    status: (): ChannelStatus => ({ waiting: waiting.length, ...counts, lastError }),
  }
}

async function failure(sending: Promise<void>): Promise<string> {
  try {
    await sending
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  signal.addEventListener('abort', () => resolve(), { once: true })
  await promise
  clearTimeout(timer)
}
