import type { Logger } from 'pino'

/** Calls a listener. Its failure is its own: the outbox goes on. */
export function tell(listener: () => void, log: Pick<Logger, 'error'>): void {
  try {
    listener()
  } catch (error) {
    log.error({ err: error }, 'a listener of the outbox failed')
  }
}
