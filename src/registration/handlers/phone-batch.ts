import { phoneKey } from '../../numbers/phone-number.ts'
import type { Job, Outcome, SendResult } from '../../outbox/job.ts'
import type { CallPayload } from '../payloads.ts'
import { sendResult } from './outcomes.ts'

/** A batch of jobs that each ask for the client behind a number, while it is being answered number by number. */
export interface PhoneBatch<Payload> {
  /** Numbers that have no outcome yet, with the first job of each. */
  open(): readonly (readonly [phoneKey: string, job: Job<Payload>])[]
  settle(phoneKey: string, outcome: Outcome): void
  /** What the error means for everybody (rests, lighter batches) goes into the result. */
  failed(error: unknown): void
  /** The batch needs more time than it may take. */
  tooHeavy(): void
  /** @param now epoch milliseconds */
  result(now: number): SendResult
}

/**
 * Lanes keep jobs of one number apart. Should they meet in a batch all the same, they share what was found or made for the first.
 */
export function phoneBatch<Payload extends CallPayload>(jobs: readonly Job<Payload>[]): PhoneBatch<Payload> {
  const firsts = new Map(jobs.map((job) => [keyOf(job), job] as const).toReversed())
  const outcomes = new Map<string, Outcome>()
  const errors: unknown[] = []
  let heavy = false

  const unusable = firsts.get('')
  if (unusable) outcomes.set('', { kind: 'refused', reason: `not a client's number: ${unusable.payload.call.phone}` })

  return {
    open: () => [...firsts].filter(([key]) => !outcomes.has(key)),
    settle: (key, outcome) => void outcomes.set(key, outcome),
    failed: (error) => void errors.push(error),
    tooHeavy: () => {
      heavy = true
    },
    result: (now) => {
      const told = jobs.map((job) => outcomes.get(keyOf(job)) ?? { kind: 'retry' as const, reason: 'not reached' })
      const result = sendResult(told, errors, now)
      return heavy ? { ...result, tooHeavy: true } : result
    },
  }
}

/** The number's key; empty when it is no client's number. */
export function keyOf(job: Job<CallPayload>): string {
  return phoneKey(job.payload.call.phone) ?? ''
}
