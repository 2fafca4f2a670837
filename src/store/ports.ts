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
  /** By id or any linkedid. */
  find(pbx: string, idOrLinkedid: string): Promise<JournalEntry | undefined>
  startedBetween(pbx: string, from: number, to: number): Promise<readonly JournalEntry[]>
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
  readonly result: unknown
  readonly reason: string | undefined
  /** Result of the job named in `after`. */
  readonly given: unknown
}

/** A job's next state; what is left out stays. */
export interface JobChange {
  readonly key: string
  readonly state: JobState
  readonly dueAt?: number
  readonly attempts?: number
  readonly firstAttemptAt?: number
  readonly lastAttemptEndedAt?: number
  readonly absences?: number
  readonly result?: unknown
  readonly reason?: string
}

export interface OutboxStore {
  add(jobs: readonly StoredJobInput[]): Promise<void>
  /**
   * The first open job of each lane that is due and whose `after` job is done, live before backfill, oldest first.
   * `sending` jobs are never handed out: they are found with `interrupted` after a restart.
   */
  due(now: number, limit: number): Promise<readonly StoredJob[]>
  /** When the earliest job becomes due, for the wake-up; undefined when nothing waits. */
  nextDueAt(): Promise<number | undefined>
  /** On disk before it resolves. */
  change(changes: readonly JobChange[]): Promise<void>
  /** Jobs left in `sending` by a process that died. */
  interrupted(): Promise<readonly StoredJob[]>
  get(key: string): Promise<StoredJob | undefined>
  counts(): Promise<Readonly<Record<JobState, number>>>
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

export interface ContactIndex {
  /** Oldest first. Never waits for a commit. */
  lookup(phoneKey: string): Promise<readonly IndexedClient[]>
  upsert(clients: readonly IndexedClient[]): Promise<void>
  remove(kind: 'contact' | 'company', id: number): Promise<void>
  /** `cursor`: updated_at up to which the CRM was read; `complete`: the first fill has ended, so absence means something. */
  progress(): Promise<{ readonly complete: boolean; readonly cursor: number | undefined; readonly clients: number }>
  saveProgress(progress: { readonly complete: boolean; readonly cursor: number | undefined }): Promise<void>
}

export interface Settings {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
}

export interface Store extends AsyncDisposable {
  readonly journal: CallJournal
  readonly outbox: OutboxStore
  readonly contactIndex: ContactIndex
  readonly settings: Settings
}
