import type { CallbackTask, Decision, IndexedLead } from '../crm-state-ports.ts'
import type { BlindTime, LedgerRow } from '../ledger-ports.ts'
import type { IncomingNumber, IndexedClient, JobState } from '../ports.ts'
import type { Forgotten, PersonsTraces } from '../upkeep-ports.ts'
import type { ReadCallFindingWrite, ReadCallJobWrite } from './read-call-writes.ts'
import type { Failure } from './sqlite-failure.ts'

/** What the writer thread is asked to do. JSON is made before it travels: text is cheaper to hand over than objects, and a value that cannot be told fails at its caller. */
export type Write =
  | { readonly kind: 'record-ended'; readonly entry: CallRow; readonly jobs: readonly JobRow[] }
  | { readonly kind: 'say-late'; readonly pbx: string; readonly id: string; readonly jobs: readonly JobRow[] }
  | { readonly kind: 'retell-call'; readonly entry: RetoldRow; readonly at: number }
  | { readonly kind: 'put-findings'; readonly pbx: string; readonly rows: readonly LedgerDbRow[] }
  | { readonly kind: 'add-blind'; readonly pbx: string; readonly time: BlindTime }
  | { readonly kind: 'forget-findings'; readonly before: number; readonly limit: number }
  | { readonly kind: 'add-jobs'; readonly jobs: readonly JobRow[] }
  | { readonly kind: 'change-jobs'; readonly changes: readonly ChangeRow[] }
  | { readonly kind: 'cap-due'; readonly at: number }
  | { readonly kind: 'forget-done'; readonly before: number; readonly limit: number }
  | { readonly kind: 'forget-dead'; readonly keys: readonly string[] }
  | { readonly kind: 'upsert-clients'; readonly clients: readonly IndexedClient[] }
  | { readonly kind: 'remove-client'; readonly clientKind: 'contact' | 'company'; readonly id: number }
  | { readonly kind: 'save-progress'; readonly complete: boolean; readonly cursor: number | undefined }
  | { readonly kind: 'begin-pass' }
  | { readonly kind: 'remember-incoming'; readonly numbers: readonly IncomingNumber[] }
  | { readonly kind: 'forget-incoming'; readonly uid: string }
  | { readonly kind: 'upsert-leads'; readonly leads: readonly IndexedLead[] }
  | { readonly kind: 'remove-lead'; readonly id: number }
  | { readonly kind: 'save-lead-progress'; readonly complete: boolean; readonly cursor: number | undefined }
  | { readonly kind: 'begin-lead-pass' }
  | { readonly kind: 'remember-task'; readonly task: CallbackTask }
  | { readonly kind: 'forget-task'; readonly key: string }
  | {
      readonly kind: 'add-decisions'
      readonly pbx: string
      readonly callId: string
      readonly decisions: readonly DecisionRow[]
    }
  | { readonly kind: 'add-pending'; readonly row: PendingRow }
  | { readonly kind: 'remove-pending'; readonly pbx: string; readonly id: string; readonly endedAt: number }
  | {
      readonly kind: 'put-read-call'
      readonly job: ReadCallJobWrite
      readonly findings: readonly ReadCallFindingWrite[]
    }
  | { readonly kind: 'forget-read-calls'; readonly before: number; readonly keep: number; readonly limit: number }
  | { readonly kind: 'set-setting'; readonly name: string; readonly value: string }
  | { readonly kind: 'drop-events'; readonly before: number; readonly limit: number }
  | { readonly kind: 'fade-calls'; readonly before: number; readonly limit: number }
  | { readonly kind: 'forget-person'; readonly what: PersonsTraces }
  | { readonly kind: 'shrink'; readonly pages: number }

/** What a write tells when the disk has it. */
export interface Written {
  /** record-ended: false when the row was there. What goes by age, shrink: whether there was anything. */
  readonly changed: boolean
  /** change-jobs: keys of the jobs that died with their base. forget-dead: keys of those that were removed. */
  readonly died: readonly string[]
  /** forget-person: how much went. */
  readonly forgotten?: Forgotten
}

export interface CallRow {
  readonly pbx: string
  readonly id: string
  readonly linkedids: readonly string[]
  readonly startedAt: number
  readonly endedAt: number
  readonly direction: string
  readonly clientKey: string
  readonly call: string
  readonly events: string
  /** Why it has no jobs. */
  readonly leftOut: string | null
}

export type RetoldRow = Pick<CallRow, 'pbx' | 'id' | 'endedAt' | 'call' | 'events'>

export interface LedgerDbRow extends Omit<LedgerRow, 'inCrm' | 'looked' | 'mended' | 'detail' | 'differs'> {
  readonly inCrm: 0 | 1
  readonly looked: 0 | 1
  readonly mended: 0 | 1
  readonly detail: string | null
  readonly differs: string | null
}

export interface PendingRow {
  readonly pbx: string
  readonly id: string
  readonly endedAt: number
  readonly call: string
  readonly events: string
}

export interface JobRow {
  readonly key: string
  readonly kind: string
  readonly lane: string
  readonly after: string | null
  readonly urgency: 0 | 1
  readonly payload: string
  readonly addedAt: number
  readonly notBefore: number | null
}

export interface DecisionRow extends Omit<Decision, 'facts'> {
  readonly facts: string
}

/** Undefined stays, null clears. */
export interface ChangeRow {
  readonly key: string
  readonly state: JobState
  readonly dueAt: number | undefined
  readonly attempts: number | undefined
  readonly firstAttemptAt: number | null | undefined
  readonly lastAttemptEndedAt: number | null | undefined
  readonly absences: number | undefined
  readonly losses: number | undefined
  readonly result: string | undefined
  readonly reason: string | null | undefined
}

/** Main thread → writer. */
export type ToWriter =
  | { readonly kind: 'write'; readonly id: number; readonly write: Write }
  | { readonly kind: 'close' }

/** Writer → main thread. One answer a group. */
export type FromWriter =
  | { readonly kind: 'ready' }
  | { readonly kind: 'not-opened'; readonly failure: Failure }
  | { readonly kind: 'committed'; readonly answers: readonly Answer[] }

export type Answer =
  | { readonly id: number; readonly written: Written }
  | { readonly id: number; readonly failure: Failure }
