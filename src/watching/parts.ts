/**
 * What the parts of the house say of themselves at one moment, as `/status` shows it: the fields that watching reads. Instants are epoch
 * milliseconds. Status, metrics and alerts are made of it.
 */
export interface Parts {
  readonly version: string
  readonly mode: 'off' | 'watch' | 'on'
  readonly pbx: string
  readonly upSeconds: number
  readonly asterisk: {
    readonly state: 'connecting' | 'up' | 'down' | 'standing-by'
    readonly since: number
    readonly reason: string | undefined
    readonly reconnects: number
    readonly eventsSeen: number
    readonly eventsDropped: number
  }
  readonly calls: { readonly live: number; readonly noise: number }
  readonly reconciliation: { readonly waiting: number; readonly trouble: string | undefined }
  readonly routing: {
    readonly asked: number
    readonly answered: number
    readonly late: number
    readonly failed: number
  }
  readonly staff: {
    readonly people: number
    readonly users: { readonly known: number; readonly readAt: number | undefined }
    readonly mobiles?: unknown
  }
  readonly cards: { readonly browsers: number }
  readonly crm: {
    readonly host: string
    readonly needsPerson: string | undefined
    readonly expiresAt: number | undefined
  }
  readonly outbox: {
    readonly counts: Readonly<Record<'waiting' | 'sending' | 'unproven' | 'done' | 'dead', number>>
    readonly underWay: number
    readonly paused: { readonly untilMs: number; readonly reason: string } | undefined
    readonly oldestOpenAt: number | undefined
  }
  readonly contactIndex: {
    readonly complete: boolean
    readonly clients: number
    readonly cursor: number | undefined
  }
  readonly recordings: Readonly<Record<string, unknown>>
  readonly memoryMb: number
  /** By hook point. */
  readonly hooks: Readonly<Record<string, { readonly on: boolean; readonly runs: number; readonly failures: number }>>
}

/** What watching finds out itself. */
export interface Findings {
  /** Calls of the last hour that belong into the CRM and are five minutes old or older, and how many of them are there. */
  readonly registered: { readonly calls: number; readonly done: number }
  readonly disks: readonly Disk[]
  /** When the certificate of the secure door ends; undefined: there is none. */
  readonly certificateEndsAt: number | undefined
  /** Since when the database of CDR and CEL could not be asked. */
  readonly databaseDownSince: number | undefined
  readonly testCall: TestCallResult | undefined
}

export interface Disk {
  /** What lies there. */
  readonly holds: 'state' | 'recordings'
  readonly directory: string
  readonly freeBytes: number
  readonly totalBytes: number
}

/** How the last synthetic call went. */
export interface TestCallResult {
  readonly at: number
  readonly ok: boolean
  /** The first step that failed, in a stable word; empty when all went well. */
  readonly failedAt: string
  readonly tookMs: number
}
