import type { StoredJob } from '../store/ports.ts'

/** A job as the store hands it out, for tests: never tried, nothing behind it. */
export function storedJob(given: Partial<StoredJob> = {}): StoredJob {
  return {
    seq: 1,
    key: 'pbx/1.1:note',
    kind: 'note',
    lane: '9990001122',
    after: undefined,
    urgency: 'live',
    payload: {},
    notBefore: undefined,
    state: 'waiting',
    attempts: 0,
    dueAt: 0,
    firstAttemptAt: undefined,
    lastAttemptEndedAt: undefined,
    absences: 0,
    losses: 0,
    result: undefined,
    reason: undefined,
    given: undefined,
    ...given,
  }
}
