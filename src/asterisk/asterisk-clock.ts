import { decodeTime } from './decode-time.ts'
import { typeOf } from './question.ts'

/** Name of the event we send ourselves to read Asterisk's clock. */
export const CLOCK_EVENT = 'CallweaveClock'

export interface ClockReading {
  /** Looks whether a parsed ARI message is the awaited reading. */
  see(message: unknown): void
  /** Asterisk's clock minus ours in milliseconds; undefined when the event did not come back in time. */
  readonly skewMs: Promise<number | undefined>
}

/**
 * Asks for Asterisk's time in milliseconds (its HTTP `Date` has whole seconds): a user event sent to ourselves comes back
 * stamped between our sending and our hearing of it.
 */
export function readAsteriskClock(
  send: (eventName: string) => Promise<void>,
  now: () => number,
  withinMs: number,
): ClockReading {
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  const timer = setTimeout(() => resolve(undefined), withinMs)
  const sent = now()
  send(CLOCK_EVENT).catch(() => resolve(undefined))
  return {
    see(message) {
      const stamped = stampOf(message)
      if (stamped !== undefined) resolve(stamped - (sent + now()) / 2)
    },
    skewMs: promise.finally(() => clearTimeout(timer)),
  }
}

function stampOf(message: unknown): number | undefined {
  if (typeOf(message) !== 'ChannelUserevent' || typeof message !== 'object' || message === null) return undefined
  if (!('eventname' in message) || message.eventname !== CLOCK_EVENT) return undefined
  return 'timestamp' in message ? decodeTime(message.timestamp) : undefined
}
