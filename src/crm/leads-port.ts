import type { EntityRef, WriteOutcome } from './entity.ts'

/** What a CRM must be able to do with leads and pipelines. Rules of reads and writes as in `port.ts`. */
export interface CrmLeads {
  pipelines(signal: AbortSignal): Promise<readonly Pipeline[]>
  /**
   * Leads changed since `since`, closed ones too (undefined: all open ones), page by page, least recently changed first. Deleted ones
   * and those waiting in unsorted do not come. `index` requests stand back behind everybody's.
   */
  leadsChangedSince(since: number | undefined, signal: AbortSignal, urgency?: 'live' | 'index'): AsyncIterable<LeadPage>
  /** As they stand now; whoever is deleted does not come. */
  leadsById(ids: readonly number[], signal: AbortSignal, urgency?: 'live' | 'index'): Promise<readonly CrmLead[]>
  createLeads(leads: readonly NewLead[], signal: AbortSignal): Promise<readonly WriteOutcome[]>
  /** Proof: leads created since then, listed by creation time. */
  leadsCreatedSince(since: number, signal: AbortSignal): Promise<readonly CrmLead[]>
  /** Changes of contacts, companies and leads, only the fields named; in the order given, one outcome each. */
  changeEntities(changes: readonly EntityChange[], signal: AbortSignal): Promise<readonly WriteOutcome[]>
  /** Custom fields of a kind of entity, so that templates can be checked before a call needs them. */
  customFields(kind: EntityRef['kind'], signal: AbortSignal): Promise<readonly CustomField[]>
}

export interface Pipeline {
  readonly id: number
  readonly name: string
  readonly main: boolean
  /** Incoming leads (unsorted) are switched on in it. */
  readonly unsorted: boolean
  readonly statuses: readonly PipelineStatus[]
}

/** A stage. Which one means won or lost is known only together with its pipeline. */
export interface PipelineStatus {
  readonly id: number
  readonly name: string
  readonly kind: 'unsorted' | 'open' | 'won' | 'lost'
}

export interface CrmLead {
  readonly id: number
  readonly name: string
  /** CRM user; 0 when nobody. */
  readonly owner: number
  readonly pipeline: number
  readonly status: number
  /** Neither won nor lost nor waiting in unsorted. */
  readonly open: boolean
  /** The main contact first; a company last. */
  readonly clients: readonly EntityRef[]
  readonly createdAt: number
  readonly updatedAt: number
}

export interface LeadPage {
  readonly leads: readonly CrmLead[]
  /** Every change up to this instant (the CRM's clock) has come with this page or an earlier one. */
  readonly readUpTo: number
}

export interface NewLead {
  readonly name: string
  /** The client it is about. */
  readonly client: EntityRef
  /** Undefined: the account's main pipeline, its first open stage. */
  readonly pipeline?: number
  readonly status?: number
  readonly owner?: number
  readonly tags?: readonly string[]
  /** Id of a source of this integration; one that is not there (any more) is left out. */
  readonly source?: number
  readonly fields?: readonly FieldValue[]
  /** Begin of the call it is made for, epoch milliseconds; whole seconds are kept. The CRM takes it as the lead's own time of creation. */
  readonly createdAt: number
  /** Ours, stable: `<pbx>/<call id>`. amoCRM has no place for it: a lead is proven by client, name and time of creation. */
  readonly uniq: string
}

export interface FieldValue {
  /** Id of the custom field, or its code. */
  readonly field: number | string
  readonly value: string
}

export interface EntityChange {
  readonly entity: EntityRef
  readonly owner?: number
  readonly name?: string
  readonly fields?: readonly FieldValue[]
  /** Added to those there are. */
  readonly tags?: readonly string[]
  /** Leads only. */
  readonly status?: { readonly pipeline: number; readonly status: number }
}

export interface CustomField {
  readonly id: number
  readonly code: string | undefined
  readonly name: string
  /** The CRM's word: text, numeric, select, date, url, multitext … */
  readonly type: string
  /** What a select may be set to. */
  readonly choices: readonly string[]
}
