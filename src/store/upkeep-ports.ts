/** Keeping the state healthy: copies, ages, persons who ask to be forgotten. Instants are epoch milliseconds. */
export interface Upkeep {
  /**
   * Copies the state as of now into a file, while calls go on; it is on the disk and checked when this resolves, and an older file of that
   * name is replaced. @throws StoreError
   */
  backup(target: string): Promise<BackupMade>
  /** Takes the events out of up to `limit` calls that ended before then: they can no longer be rebuilt or told as a timeline. False when there was none. */
  dropEvents(before: number, limit: number): Promise<boolean>
  /**
   * Takes everything personal, and the decisions, out of up to `limit` calls that ended before then. The row stays as the lock against a second
   * registration, with time, line and result. False when there was none.
   */
  fadeCalls(before: number, limit: number): Promise<boolean>
  /** The same for the calls of a person, with whatever else is named. Jobs still to be sent stay. */
  forgetPerson(traces: PersonsTraces): Promise<Forgotten>
  /** Gives up to `pages` empty pages (4 kB) of the file back to the disk. False when there was none. */
  shrink(pages: number): Promise<boolean>
}

export interface BackupMade {
  readonly file: string
  readonly bytes: number
  readonly tookMs: number
}

/** Where a person stands in the state. */
export interface PersonsTraces {
  /** Phone keys. */
  readonly keys: readonly string[]
  readonly calls: readonly { readonly pbx: string; readonly id: string }[]
  readonly jobKeys: readonly string[]
  /** Their numbers. */
  readonly decisions: readonly number[]
  readonly clients: readonly { readonly kind: 'contact' | 'company'; readonly id: number }[]
  readonly leads: readonly number[]
}

/** How many of each are gone. */
export interface Forgotten {
  readonly calls: number
  readonly jobs: number
  readonly decisions: number
  readonly callbackTasks: number
  readonly incomingNumbers: number
  readonly clients: number
  readonly leads: number
}
