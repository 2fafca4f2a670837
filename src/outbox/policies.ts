import { type BatchPolicy, fromHundredTo250 } from './batch-size.ts'
import { type ProofPolicy, twiceAfterThirtySeconds } from './proof-policy.ts'
import { fromOneSecondToFiveMinutes, type RetryPolicy } from './retry-policy.ts'

/** Every number the outbox goes by. Milliseconds. */
export interface OutboxPolicies {
  readonly retry: RetryPolicy
  readonly proof: ProofPolicy
  readonly batch: BatchPolicy
  /** A lost wake-up costs so much. */
  readonly pollMs: number
  /** A handler that has not ended by then is told to stop, and its jobs count as perhaps executed. */
  readonly sendMs: number
  /** How long a handler that was told to stop may take to do so. */
  readonly endMs: number
  /** How long sends under way may go on once the service stops. */
  readonly graceMs: number
  /** Between two tries to write down what is known already (full disk). */
  readonly saveAgainMs: number
  /** An account pause this long is remembered over a restart. */
  readonly longPauseMs: number
}

export const everydayPolicies: OutboxPolicies = {
  retry: fromOneSecondToFiveMinutes,
  proof: twiceAfterThirtySeconds,
  batch: fromHundredTo250,
  pollMs: 1_000,
  // Several requests of 20 s each, spaced by the pace, find room in it.
  sendMs: 180_000,
  endMs: 1_000,
  graceMs: 20_000,
  saveAgainMs: 1_000,
  longPauseMs: 30_000,
}
