/** Jobs of `/pbx/read_call`, which outlive the process. Jobs and findings are JSON of the room that makes them. */
export interface ReadCallJobs {
  /** The job as it stands, and findings, each in the place of an earlier one of the same call; all or nothing, on disk before it resolves. */
  put(job: ReadCallJobRow, findings: readonly ReadCallFindingRow[]): Promise<void>
  get(id: string): Promise<ReadCallJobRow | undefined>
  /** The latest first. */
  latest(limit: number): Promise<readonly ReadCallJobRow[]>
  /** Those that have not ended, the oldest first. */
  unended(): Promise<readonly ReadCallJobRow[]>
  /** In the order they were found, from the one after `after`. */
  findings(job: string, after: number, limit: number): Promise<readonly StoredReadCallFinding[]>
  /** Findings of calls that ended then or later, and those that wait. */
  recent(job: string, endedSince: number): Promise<readonly ReadCallFindingRow[]>
  /** Removes up to `limit` findings of ended jobs that were made before then or that are not among the `keep` latest, then the jobs. False when there was nothing. */
  forget(before: number, keep: number, limit: number): Promise<boolean>
}

export interface ReadCallJobRow {
  readonly id: string
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** It is done, failed or cancelled. */
  readonly ended: boolean
  readonly job: unknown
}

export interface ReadCallFindingRow {
  readonly callId: string
  /** Epoch milliseconds. */
  readonly endedAt: number
  readonly kind: string
  /** It is on its way to the CRM. */
  readonly waits: boolean
  readonly finding: unknown
}

export interface StoredReadCallFinding extends ReadCallFindingRow {
  /** Its place, to go on from. */
  readonly seq: number
}
