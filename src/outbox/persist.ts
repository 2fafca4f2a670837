import { setTimeout as pass } from 'node:timers/promises'
import type { Logger } from 'pino'

export interface Persistence {
  /** Ends the patience. */
  readonly signal: AbortSignal
  readonly againMs: number
  readonly log: Pick<Logger, 'error'>
}

/** Tries until it succeeds or `signal` aborts: what is known must not be forgotten because a disk is full for a while. False when it was given up. */
export async function persist(act: () => Promise<void>, { signal, againMs, log }: Persistence): Promise<boolean> {
  for (;;) {
    try {
      await act()
      return true
    } catch (error) {
      log.error({ err: error }, 'the outbox cannot write down what it knows; it tries again')
    }
    if (signal.aborted) return false
    await rest(againMs, signal)
  }
}

/** Resolves after `ms` or when `signal` aborts. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pass(ms, undefined, { signal })
  } catch {
    // Aborted: the caller looks at the signal.
  }
}
