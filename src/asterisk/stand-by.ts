import { setTimeout as sleep } from 'node:timers/promises'
import type { AriCommands } from './ari-commands.ts'

export interface StandByTiming {
  readonly lookEveryMs: number
  readonly longestMs: number
}

/** Two copies that took the application from each other without end would each see half of every call. */
export const standByTiming: StandByTiming = { lookEveryMs: 15_000, longestMs: 600_000 }

/**
 * Waits after another process took our application: until Asterisk no longer knows it (the other one is gone), or the longest
 * wait is over. Asterisk tells nobody whether an application that it knows is connected, and one with channels or
 * subscriptions can outlive its process (reference ari.md 2.3): without the second rule a survivor could wait for ever.
 * Rejects with the signal's reason.
 */
export async function standBy(
  commands: Pick<AriCommands, 'applicationExists'>,
  timing: StandByTiming,
  signal: AbortSignal,
): Promise<'other-gone' | 'waited-enough'> {
  for (let waited = 0; waited < timing.longestMs; waited += timing.lookEveryMs) {
    await sleep(timing.lookEveryMs, undefined, { signal })
    // Asterisk being away is no news about the other copy: it will reconnect as we would.
    const exists = await commands.applicationExists().catch(() => true)
    if (!exists) return 'other-gone'
  }
  return 'waited-enough'
}
