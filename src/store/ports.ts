import type { CallbackTasks, Decisions, LastTalks, LeadIndex } from './crm-state-ports.ts'
import type { Ledger } from './ledger-ports.ts'
import type { ReadCallJobs } from './read-call-port.ts'
import type { RegisteredCalls } from './registered-port.ts'
import type { Upkeep } from './upkeep-ports.ts'

/** The service's own state. Async by signature, so that a shared database can stand behind the same ports. Instants are epoch milliseconds. */

export interface JournalEntry {
  readonly pbx: string
  readonly id: string
  /** Every linkedid; the entry is found by any of them. */
  readonly linkedids: readonly string[]
  readonly startedAt: number
  readonly endedAt: number
  readonly direction: string
  readonly clientKey: string
  /** The Call as JSON. */
  readonly call: unknown
  /** The events it was folded from, as JSON, so that it can be rebuilt. */
  readonly events: readonly unknown[]
  /** Why it was journalled without jobs. */
  readonly leftOut?: string
}

export interface StoredJobInput {
  readonly key: string
  readonly kind: string
  readonly lane: string
  readonly after?: string | undefined
  readonly urgency: 'live' | 'backfill'
  readonly payload: unknown
  readonly notBefore?: number | undefined
}

export interface CallJournal {
  /**
   * The call's row and its CRM jobs, in one transaction. `(pbx, id)` is the lock.
   * Resolves when the disk has it: false when the row was there already (then nothing is written).
   */
  recordEnded(entry: JournalEntry, jobs: readonly StoredJobInput[]): Promise<boolean>
  /** The jobs of a call that was left out before, and that it is so no longer, in one transaction. */
  sayLate(pbx: string, id: string, jobs: readonly StoredJobInput[]): Promise<void>
  /** A better witness's telling takes the place of the former one, which is kept beside it. False when it says nothing new. */
  retell(entry: Pick<JournalEntry, 'pbx' | 'id' | 'endedAt' | 'call' | 'events'>): Promise<boolean>
  /** How the call was told before, the oldest telling first. */
  former(pbx: string, id: string): Promise<readonly unknown[]>
  /** By id or any linkedid. */
  find(pbx: string, idOrLinkedid: string): Promise<JournalEntry | undefined>
  startedBetween(pbx: string, from: number, to: number): Promise<readonly JournalEntry[]>
  /** The same without events. */
  toldBetween(pbx: string, from: number, to: number): Promise<readonly Omit<JournalEntry, 'events'>[]>
  /** Every entry that has one of these linkedids, oldest first. */
  sharing(pbx: string, linkedids: readonly string[]): Promise<readonly JournalEntry[]>
  /** The same without what they were folded from, which is ten times as big. */
  toldAs(pbx: string, linkedids: readonly string[]): Promise<readonly Omit<JournalEntry, 'events'>[]>
}

/** An ended call that was not seen whole and waits for the second witness. */
export interface PendingCall {
  readonly pbx: string
  readonly id: string
  readonly endedAt: number
  /** The Call as JSON. */
  readonly call: unknown
  readonly events: readonly unknown[]
}

/** What waits here outlives the process. */
export interface PendingCalls {
  /** The same call at the same end is added once. */
  add(pending: PendingCall): Promise<void>
  remove(pending: Pick<PendingCall, 'pbx' | 'id' | 'endedAt'>): Promise<void>
  /** The earliest end first. */
  all(pbx: string): Promise<readonly PendingCall[]>
}

export type JobState = 'waiting' | 'sending' | 'unproven' | 'done' | 'dead'

export interface StoredJob extends StoredJobInput {
  readonly seq: number
  readonly state: JobState
  readonly attempts: number
  readonly dueAt: number
  readonly firstAttemptAt: number | undefined
  /** When the last attempt ended (or the crash was noticed). */
  readonly lastAttemptEndedAt: number | undefined
  /** How many looks for proof found nothing. */
  readonly absences: number
  /** How often what the job builds on was gone. */
  readonly losses: number
  readonly result: unknown
  readonly reason: string | undefined
  /** Result of the job named in `after`. */
  readonly given: unknown
}

/** A job's next state; what is left out stays, null clears. */
export interface JobChange {
  readonly key: string
  readonly state: JobState
  readonly dueAt?: number
  readonly attempts?: number
  readonly firstAttemptAt?: number | null
  readonly lastAttemptEndedAt?: number | null
  readonly absences?: number
  readonly losses?: number
  readonly result?: unknown
  readonly reason?: string | null
}

export interface OutboxStore {
  /** A key that is known already is left as it is. */
  add(jobs: readonly StoredJobInput[]): Promise<void>
  /**
   * The first open job of each lane that is due and whose `after` job is done, live before backfill, longest due first.
   * A lane with a live job in it counts as live, so that old calls of a client never hold up the client's new one.
   * `sending` jobs are never handed out: they are found with `interrupted` after a restart. An `unproven` job asks for proof only and need not wait for `after`.
   */
  due(now: number, limit: number): Promise<readonly StoredJob[]>
  /** When the earliest job becomes due, for the wake-up; undefined when nothing waits. */
  nextDueAt(): Promise<number | undefined>
  /**
   * All changes or none, on disk before it resolves. A waiting job whose `after` job is dead (or was never added) dies too as soon as it is
   * the first of its lane, so that the lane's other calls go on. Resolves with the keys of the jobs that died that way.
   */
  change(changes: readonly JobChange[]): Promise<readonly string[]>
  /**
   * Nothing that could go by `at` waits longer, unless its `notBefore` says so: for a start after the clock was set back,
   * when waits measured by the old clock would last as long as it was ahead.
   */
  capDue(at: number): Promise<void>
  /** Jobs left in `sending` by a process that died. */
  interrupted(): Promise<readonly StoredJob[]>
  get(key: string): Promise<StoredJob | undefined>
  counts(): Promise<Readonly<Record<JobState, number>>>
  /** When the oldest job that is neither done nor dead was added. */
  oldestOpenAt(): Promise<number | undefined>
  /** Dead jobs, the latest first, for a person to look at. */
  dead(limit: number): Promise<readonly StoredJob[]>
  /**
   * Removes up to `limit` done jobs that were added before then, except those an open job builds on. Their keys are free again: what says a call's jobs
   * twice is stopped by the call's row in the journal, which stays. False when there was none left.
   */
  forgetDone(before: number, limit: number): Promise<boolean>
  /** Removes these dead jobs and the open ones that build on them: a person has given them up. Resolves with all keys that were removed. */
  forgetDead(keys: readonly string[]): Promise<readonly string[]>
}

/** A contact or company by phone. */
export interface IndexedClient {
  readonly kind: 'contact' | 'company'
  readonly id: number
  readonly name: string
  readonly owner: number
  /** Phone keys (see `numbers/`). */
  readonly keys: readonly string[]
  readonly updatedAt: number
}

/** A number that waits in the CRM's incoming leads (unsorted), where no look-up shows it. */
export interface IncomingNumber {
  readonly key: string
  /** The incoming lead's own id in the CRM. */
  readonly uid: string
  readonly lead: number
  /** The contact that becomes an ordinary one when somebody accepts the lead. */
  readonly contact: number
}

export interface ContactIndex {
  /** Oldest first. Never waits for a commit. */
  lookup(phoneKey: string): Promise<readonly IndexedClient[]>
  /** Replaces what was known of each client, keys included. The last writer wins. */
  upsert(clients: readonly IndexedClient[]): Promise<void>
  remove(kind: 'contact' | 'company', id: number): Promise<void>
  /** `cursor`: updated_at up to which the CRM was read; `complete`: the first fill has ended, so absence means something. */
  progress(): Promise<{ readonly complete: boolean; readonly cursor: number | undefined; readonly clients: number }>
  saveProgress(progress: { readonly complete: boolean; readonly cursor: number | undefined }): Promise<void>
  /** From here on every upsert marks its clients as seen anew. */
  beginPass(): Promise<void>
  /** Clients nobody has upserted since the pass began: candidates for removal. */
  unseen(limit: number): Promise<readonly IndexedClient[]>
  incoming(phoneKey: string): Promise<IncomingNumber | undefined>
  /** Every number that waits. */
  incomingNumbers(): Promise<readonly IncomingNumber[]>
  /** One a number: the latest stays. */
  rememberIncoming(numbers: readonly IncomingNumber[]): Promise<void>
  forgetIncoming(uid: string): Promise<void>
}

export interface Settings {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
}

export interface Store extends AsyncDisposable {
  readonly journal: CallJournal
  readonly pendingCalls: PendingCalls
  readonly outbox: OutboxStore
  readonly contactIndex: ContactIndex
  readonly leads: LeadIndex
  readonly callbackTasks: CallbackTasks
  readonly decisions: Decisions
  readonly lastTalks: LastTalks
  readonly settings: Settings
  readonly readCallJobs: ReadCallJobs
  readonly registered: RegisteredCalls
  readonly upkeep: Upkeep
  readonly ledger: Ledger
}
