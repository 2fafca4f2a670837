import { setTimeout as sleep } from 'node:timers/promises'
import type { AriCommands } from './ari-commands.ts'

export interface StandByTiming {
  readonly lookEveryMs: number
  readonly longestMs: number
}

/** So often a rest doubles: ten minutes become half a day. */
const MOST_DOUBLINGS = 6

/** Two copies that took the application from each other without end would each see half of every call. */
export const standByTiming: StandByTiming = { lookEveryMs: 15_000, longestMs: 600_000 }

/**
 * Waits after another process took our application: until Asterisk no longer knows it (the other one is gone), or the longest
 * wait is over. Asterisk tells nobody whether an application that it knows is connected. On 22.10 one that lost its process is
 * forgotten at once, on 16.28 it stays for ever (measured with `channel:,bridge:`): there only the second rule ends the wait.
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

/**
 * How long to wait at most this time: twice as long as before when the application was taken again soon after it was taken back, since then two copies
 * run and each answers half of the calls. Pure; milliseconds.
 * @param before the last such wait; undefined: the first time
 * @param livedMs how long the link has stood since
 */
export function nextRest(
  before: number | undefined,
  livedMs: number,
  { longestMs }: Pick<StandByTiming, 'longestMs'>,
): number {
  if (before === undefined || livedMs > 2 * before) return longestMs
  return Math.min(2 * before, longestMs * 2 ** MOST_DOUBLINGS)
}
