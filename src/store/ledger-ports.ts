/** What the passes over the PBX's records found, call by call. Instants are epoch milliseconds. */
export interface LedgerRow {
  readonly id: string
  readonly startedAt: number
  readonly line: string
  readonly finding: string
  /** Stable word. */
  readonly why: string
  /** It was seen in the CRM itself. */
  readonly inCrm: boolean
  /** The CRM itself was looked at: found or not found there. */
  readonly looked: boolean
  /** A pass registered it or told it anew, this one or an earlier one. */
  readonly mended: boolean
  readonly detail?: string | undefined
  /** JSON: what stood otherwise. */
  readonly differs?: unknown
  readonly checkedAt: number
}

export interface BlindTime {
  readonly from: number
  readonly to: number
  /** Stable word. */
  readonly why: string
}

export interface Ledger {
  /**
   * The latest finding of each call stays; what was mended stays mended. That the outbox believes a call to stand in the CRM does not take the place of
   * what was seen there.
   */
  put(pbx: string, rows: readonly LedgerRow[]): Promise<void>
  /** By start, oldest first; both ends included. */
  startedBetween(pbx: string, from: number, to: number): Promise<readonly LedgerRow[]>
  addBlind(pbx: string, time: BlindTime): Promise<void>
  /** Those that touch this time, oldest first. */
  blindBetween(pbx: string, from: number, to: number): Promise<readonly BlindTime[]>
  /** Findings of calls that began before then go, some at a time. False when there was none. */
  forget(before: number, limit: number): Promise<boolean>
}
