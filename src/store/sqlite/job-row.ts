import type { JobChange, JobState, StoredJob, StoredJobInput } from '../ports.ts'
import { maybeJson, maybeNumber, maybeText, numberOf, type Row, textOf } from './row.ts'
import type { ChangeRow, JobRow } from './write.ts'

/** A new job as the table keeps it. */
export function jobRow(job: StoredJobInput, addedAt: number): JobRow {
  return {
    key: job.key,
    kind: job.kind,
    lane: job.lane,
    after: job.after ?? null,
    urgency: job.urgency === 'live' ? 0 : 1,
    payload: JSON.stringify(job.payload ?? null),
    addedAt,
    notBefore: job.notBefore ?? null,
  }
}

export function changeRow(change: JobChange): ChangeRow {
  return {
    key: change.key,
    state: change.state,
    dueAt: change.dueAt,
    attempts: change.attempts,
    firstAttemptAt: change.firstAttemptAt,
    lastAttemptEndedAt: change.lastAttemptEndedAt,
    absences: change.absences,
    losses: change.losses,
    result: change.result === undefined ? undefined : JSON.stringify(change.result),
    reason: change.reason,
  }
}

/** A row of `jobs` joined with its base's result as `given`. */
export function asJob(row: Row): StoredJob {
  return {
    seq: numberOf(row, 'seq'),
    key: textOf(row, 'key'),
    kind: textOf(row, 'kind'),
    lane: textOf(row, 'lane'),
    after: maybeText(row, 'after'),
    urgency: numberOf(row, 'urgency') === 0 ? 'live' : 'backfill',
    payload: maybeJson(row, 'payload'),
    notBefore: maybeNumber(row, 'not_before'),
    state: asState(textOf(row, 'state')),
    attempts: numberOf(row, 'attempts'),
    dueAt: numberOf(row, 'due_at'),
    firstAttemptAt: maybeNumber(row, 'first_attempt_at'),
    lastAttemptEndedAt: maybeNumber(row, 'last_attempt_ended_at'),
    absences: numberOf(row, 'absences'),
    losses: numberOf(row, 'losses'),
    result: maybeJson(row, 'result'),
    reason: maybeText(row, 'reason'),
    given: maybeJson(row, 'given'),
  }
}

export const jobStates = ['waiting', 'sending', 'unproven', 'done', 'dead'] as const satisfies readonly JobState[]

function asState(text: string): JobState {
  const state = jobStates.find((one) => one === text)
  if (state === undefined) throw new TypeError(`${text} is no state of a job`)
  return state
}
