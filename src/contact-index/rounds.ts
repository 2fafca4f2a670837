import { setTimeout as sleep } from 'node:timers/promises'
import { CrmError } from '../crm/errors.ts'

export interface RoundsDeps {
  /** One round. */
  readonly work: (signal: AbortSignal) => Promise<void>
  /** Milliseconds from one round that succeeded to the next. */
  readonly everyMs: number
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly failed: (error: unknown) => void
}

/** Work that is done again and again. */
export interface Rounds {
  /** Resolves when `signal` aborts. What the CRM refuses is waited out. */
  run(signal: AbortSignal): Promise<void>
  /** Of the last round. */
  lastError(): RoundError | undefined
}

export interface RoundError {
  readonly at: number
  readonly message: string
}

const FIRST_FAILURE_REST_MS = 5_000
const LONGEST_FAILURE_REST_MS = 60_000

export function createRounds({ work, everyMs, now, failed }: RoundsDeps): Rounds {
  let lastError: RoundError | undefined
  let failures = 0

  /** Answers with the milliseconds until the next. */
  async function round(signal: AbortSignal): Promise<number> {
    try {
      await work(signal)
      lastError = undefined
      failures = 0
      return everyMs
    } catch (error) {
      if (signal.aborted) return 0
      lastError = { at: now(), message: error instanceof Error ? error.message : String(error) }
      failed(error)
      failures += 1
      const rest = Math.min(FIRST_FAILURE_REST_MS * 2 ** (failures - 1), LONGEST_FAILURE_REST_MS)
      return (error instanceof CrmError ? error.restMs : undefined) ?? rest
    }
  }

  return {
    async run(signal) {
      while (!signal.aborted) {
        const rest = await round(signal)
        await sleep(rest, undefined, { signal }).catch(() => undefined)
      }
    },
    lastError: () => lastError,
  }
}
