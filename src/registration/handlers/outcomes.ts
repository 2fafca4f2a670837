import { CrmError } from '../../crm/errors.ts'
import type { WriteOutcome } from '../../crm/port.ts'
import type { Outcome, Proof, SendResult } from '../../outbox/job.ts'

/** What became of a job whose request failed. Errors that are not the CRM's are our own bugs and pass through. */
export function outcomeOfFailure(error: unknown): Outcome {
  if (!(error instanceof CrmError)) throw error
  const reason = `${error.name}: ${error.message}`
  switch (error.written) {
    case 'no':
      return { kind: 'retry', reason }
    case 'maybe':
      return { kind: 'ambiguous', reason }
    case 'never':
      return { kind: 'refused', reason }
  }
}

/** A failed read wrote nothing, and its refusal says nothing about the write that was to follow: the job may be tried again. */
export function outcomeOfFailedRead(error: unknown): Outcome {
  const outcome = outcomeOfFailure(error)
  return 'reason' in outcome ? { kind: 'retry', reason: outcome.reason } : outcome
}

/** A failed look for proof proves nothing. */
export function proofOfFailure(error: unknown): Proof {
  const outcome = outcomeOfFailure(error)
  return { kind: 'unknown', reason: 'reason' in outcome ? outcome.reason : outcome.kind }
}

/** `done` builds the job's result from what the CRM told of the item it took. */
export function outcomeOfWrite<Written>(write: WriteOutcome<Written>, done: (written: Written) => unknown): Outcome {
  switch (write.kind) {
    case 'written':
      return { kind: 'done', result: done(write) }
    case 'refused':
      return { kind: 'refused', reason: write.reason }
    case 'entity-gone':
      return { kind: 'lost-ground', reason: write.reason }
    case 'failed':
      return outcomeOfFailure(write.error)
  }
}

/**
 * Outcomes of a batch together with what its failures mean for everybody: how long the account rests, whether batches must shrink.
 * @param errors every error met on the way, in any order.
 */
export function sendResult(outcomes: readonly Outcome[], errors: readonly unknown[], now: number): SendResult {
  const crmErrors = errors.filter((error) => error instanceof CrmError)
  const longest = crmErrors
    .filter((error) => error.restMs !== undefined)
    .toSorted((a, b) => (b.restMs ?? 0) - (a.restMs ?? 0))[0]
  return {
    outcomes,
    ...(longest?.restMs !== undefined && {
      pause: { untilMs: now + longest.restMs, reason: `${longest.name}: ${longest.message}` },
    }),
    ...(crmErrors.some((error) => error.tooHeavy) && { tooHeavy: true }),
  }
}

/** The errors inside a batch's outcomes, for `sendResult`. */
export function failuresIn(writes: readonly WriteOutcome<unknown>[]): readonly CrmError[] {
  return writes.flatMap((write) => (write.kind === 'failed' ? [write.error] : []))
}
