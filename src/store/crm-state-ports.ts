/** What the service remembers of the CRM beside its clients. Instants are epoch milliseconds. */

/** An open or lately closed lead of the CRM, as routing, cards and rules need it. */
export interface IndexedLead {
  readonly id: number
  readonly name: string
  /** CRM user; 0 when nobody. */
  readonly owner: number
  readonly pipeline: number
  readonly status: number
  readonly open: boolean
  readonly clients: readonly { readonly kind: 'contact' | 'company'; readonly id: number }[]
  readonly updatedAt: number
}

export interface LeadIndex {
  /** Open leads of these clients, the latest changed first. Never waits for a commit. */
  openLeadsOf(
    clients: readonly { readonly kind: 'contact' | 'company'; readonly id: number }[],
  ): Promise<readonly IndexedLead[]>
  /** Replaces what was known of each lead; a closed one is forgotten. */
  upsertLeads(leads: readonly IndexedLead[]): Promise<void>
  removeLead(id: number): Promise<void>
  /** `cursor`: updated_at up to which leads were read; `complete`: the first fill has ended. */
  leadProgress(): Promise<{ readonly complete: boolean; readonly cursor: number | undefined; readonly leads: number }>
  saveLeadProgress(progress: { readonly complete: boolean; readonly cursor: number | undefined }): Promise<void>
  beginLeadPass(): Promise<void>
  unseenLeads(limit: number): Promise<readonly IndexedLead[]>
}

/** The one open task that asks for a client to be called back. */
export interface CallbackTask {
  /** The client's phone key. */
  readonly key: string
  /** Id of the task in the CRM. */
  readonly task: number
  readonly entity: { readonly kind: 'contact' | 'company' | 'lead'; readonly id: number }
  /** `<pbx>/<call id>` of the missed calls it stands for, the first first. */
  readonly calls: readonly string[]
  /** When it was made. */
  readonly since: number
}

export interface CallbackTasks {
  openFor(key: string): Promise<CallbackTask | undefined>
  /** One a client: what was known of it is replaced. */
  remember(task: CallbackTask): Promise<void>
  forget(key: string): Promise<void>
}

/** One decision of ours about a call, in the order they were made. Words are made of `code` and `facts` when somebody reads them, in his language. */
export interface Decision {
  readonly at: number
  /** What was decided about: `client`, `lead`, `person`, `status`, `task`, `note`, `route`, `recording`, `hook` … */
  readonly about: string
  /** Why, as a stable word: `owner-of-open-lead`, `unregistered`. */
  readonly code: string
  readonly facts: Readonly<Record<string, string | number | boolean>>
}

export interface Decisions {
  /** Kept with the call, whether or not its journal row is written yet. */
  add(pbx: string, callId: string, decisions: readonly Decision[]): Promise<void>
  of(pbx: string, callId: string): Promise<readonly Decision[]>
}

/** The last conversation with a number, for routing. */
export interface LastTalks {
  with(phoneKey: string): Promise<{ readonly extension: string; readonly at: number } | undefined>
}
