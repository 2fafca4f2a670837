import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds since the campaign began. */
export interface CampaignClock {
  now(): number
  /** Resolves when the moment has come, at once when it has passed. Rejects when the campaign is ended. */
  at(ms: number): Promise<void>
}

export function startClock(signal: AbortSignal): CampaignClock {
  const began = performance.now()
  const now = () => performance.now() - began
  return { now, at: (ms) => sleep(Math.max(0, ms - now()), undefined, { signal }) }
}
