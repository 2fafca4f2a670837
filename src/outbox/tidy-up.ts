import type { Logger } from 'pino'
import type { OutboxStore } from '../store/ports.ts'
import { rest } from './persist.ts'

export interface TidyUpDeps {
  readonly store: Pick<OutboxStore, 'forgetDone'>
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Done jobs are kept so long, milliseconds. */
  readonly keepMs: number
  readonly log: Pick<Logger, 'warn'>
}

const EVERY_MS = 3_600_000
/** Small slices: each is a share of a commit that calls wait for. */
const SLICE = 200
const BETWEEN_MS = 100

/** Removes old done jobs, a slice at a time, until the service ends. Never rejects. */
export async function tidyUp({ store, now, keepMs, log }: TidyUpDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let more = false
    try {
      more = await store.forgetDone(now() - keepMs, SLICE)
    } catch (error) {
      log.warn({ err: error }, 'old jobs could not be removed; it is tried again')
    }
    await rest(more ? BETWEEN_MS : EVERY_MS, signal)
  }
}
