import type { JobChange, StoredJob } from '../store/ports.ts'
import type { Outcome, Proof } from './job.ts'
import { delayAfterFailedLook, type Look, type ProofPolicy, settledFor } from './proof-policy.ts'
import { delayAfter, type RetryPolicy } from './retry-policy.ts'

/** What a decision needs of the world. */
export interface Circumstances {
  /** For what is due (see `clock.ts`). */
  readonly now: number
  /** For what has passed. */
  readonly steady: number
  /** In [0, 1). */
  readonly random: number
}

/** So often a job may lose what it builds on; then something makes and breaks it in turn, and a person must look. */
const MOST_LOSSES = 5

/** Goes to disk before bytes leave. @param wall the CRM's proof is sought among what was created since then, so no other clock will do. */
export function beginAttempt(job: StoredJob, wall: number): JobChange {
  return {
    key: job.key,
    state: 'sending',
    attempts: job.attempts + 1,
    firstAttemptAt: Math.min(job.firstAttemptAt ?? wall, wall),
  }
}

/** The process died while the job was being sent: nobody knows. */
export function afterInterruption(job: StoredJob, { now, steady }: Circumstances, proof: ProofPolicy): JobChange {
  return unproven(job, 'the service stopped while it was being sent', now + proof.firstLookMs, steady)
}

/**
 * What an attempt's outcome makes of a job (and of the job it builds on, which comes first).
 * @param job as it was before the attempt.
 * @param accountRests until when nobody sends: then the account was refused, not this job, and the attempt does not count.
 */
export function afterOutcome(
  job: StoredJob,
  outcome: Outcome,
  { now, steady, random }: Circumstances,
  policies: { readonly retry: RetryPolicy; readonly proof: ProofPolicy },
  accountRests?: number,
): readonly JobChange[] {
  const { key } = job
  switch (outcome.kind) {
    case 'done':
      return [{ key, state: 'done', result: outcome.result, reason: null }]
    case 'refused':
      return [{ key, state: 'dead', reason: outcome.reason }]
    case 'ambiguous':
      return [unproven(job, outcome.reason, now + policies.proof.firstLookMs, steady)]
    case 'retry': {
      const { reason } = outcome
      const again = { key, state: 'waiting', reason } as const
      if (accountRests !== undefined) return [{ ...again, dueAt: accountRests, ...neverSent(job) }]
      return [{ ...again, dueAt: now + delayAfter(policies.retry, job.attempts + 1, random) }]
    }
    case 'lost-ground':
      return afterLostGround(job, outcome.reason, now + delayAfter(policies.retry, job.losses, random))
    default:
      return outcome satisfies never
  }
}

/** What a look for proof makes of a job. */
export function afterProof(
  job: StoredJob,
  proof: Proof,
  look: Look,
  { now, random }: Circumstances,
  policies: { readonly retry: RetryPolicy; readonly proof: ProofPolicy },
): JobChange {
  const { key } = job
  const policy = policies.proof
  const settled = settledFor(job.lastAttemptEndedAt, look)
  switch (proof.kind) {
    case 'found':
      return { key, state: 'done', result: proof.result, reason: null }
    case 'unknown': {
      const dueAt = now + delayAfterFailedLook(policy, settled, random)
      return { key, state: 'unproven', dueAt, reason: proof.reason }
    }
    case 'absent': {
      if (settled < policy.settleMs) return { key, state: 'unproven', dueAt: now + policy.settleMs - settled }
      const absences = job.absences + 1
      if (absences < policy.absences) return { key, state: 'unproven', absences, dueAt: now + policy.againMs }
      // The first time it goes at once; what fails that way again and again waits like any other failure.
      return { key, state: 'waiting', absences: 0, dueAt: now + delayAfter(policies.retry, job.attempts - 1, random) }
    }
    default:
      return proof satisfies never
  }
}

function unproven(job: StoredJob, reason: string, dueAt: number, endedAt: number): JobChange {
  return { key: job.key, state: 'unproven', reason, dueAt, lastAttemptEndedAt: endedAt, absences: 0 }
}

function neverSent(job: StoredJob): Pick<JobChange, 'attempts' | 'firstAttemptAt'> {
  return { attempts: job.attempts, firstAttemptAt: job.firstAttemptAt ?? null }
}

function afterLostGround(job: StoredJob, reason: string, dueAt: number): readonly JobChange[] {
  const { key, after } = job
  if (after === undefined) return [{ key, state: 'dead', reason: `${reason}; there is no job to go back to` }]
  if (job.losses >= MOST_LOSSES) return [{ key, state: 'dead', reason: `${reason}; lost ${job.losses + 1} times` }]
  return [
    { key: after, state: 'waiting', dueAt, reason, ...fresh },
    { key, state: 'waiting', dueAt, reason, ...fresh, losses: job.losses + 1 },
  ]
}

/** A job that starts from the beginning: what was sent before is settled and must not be taken for proof. */
const fresh = { attempts: 0, firstAttemptAt: null, lastAttemptEndedAt: null, absences: 0 } as const
