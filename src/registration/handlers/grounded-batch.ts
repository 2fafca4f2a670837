import type { Job, Outcome, SendResult } from '../../outbox/job.ts'
import { outcomeOfFailedRead, sendResult } from './outcomes.ts'

/** Jobs that are being answered one by one while a handler works on them together. */
export interface Answers<Payload> {
  has(job: Job<Payload>): boolean
  set(job: Job<Payload>, outcome: Outcome): void
  /** The CRM could not be read: these try again. */
  unread(jobs: readonly Job<Payload>[], error: unknown): void
  failed(...errors: readonly unknown[]): void
  result(now: number): SendResult
}

export function answersTo<Payload>(
  jobs: readonly Job<Payload>[],
  ended: ReadonlyMap<string, Outcome>,
): Answers<Payload> {
  const outcomes = new Map(ended)
  const errors: unknown[] = []
  return {
    has: (job) => outcomes.has(job.key),
    set: (job, outcome) => void outcomes.set(job.key, outcome),
    unread: (some, error) => {
      errors.push(error)
      for (const { key } of some) outcomes.set(key, outcomeOfFailedRead(error))
    },
    failed: (...more) => void errors.push(...more),
    result: (now) => {
      const told = jobs.map((job) => outcomes.get(job.key) ?? { kind: 'retry' as const, reason: 'not reached' })
      return sendResult(told, errors, now)
    },
  }
}
