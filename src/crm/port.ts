import type { CallNoteStatus, NewCallNote, StoredCallNote } from './call-note.ts'
import type { CrmChanges } from './changes-port.ts'
import type { EntityKind, EntityRef, WriteOutcome } from './entity.ts'
import type { CrmFill } from './fill-port.ts'
import type { CrmLeads, FieldValue } from './leads-port.ts'

/** The port's words, so that who speaks with a CRM needs one import. */
export type { CallNoteStatus, EntityKind, EntityRef, NewCallNote, StoredCallNote, WriteOutcome }

/**
 * What any CRM must be able to do for Callweave, in the project's own words. Numbers are E.164, instants epoch milliseconds of
 * our clock, durations seconds. Reads throw a `CrmError`; writes answer with one outcome per item, in order, and throw nothing.
 */
export interface Crm extends CrmLeads, CrmChanges, CrmFill<CrmClient> {
  /** Proves host and token; throws a CrmError. */
  account(signal: AbortSignal): Promise<CrmAccount>
  users(signal: AbortSignal): Promise<readonly CrmUser[]>
  /**
   * Contacts and companies changed since `since` (undefined: all of them), page by page, least recently changed first.
   * Entities in the trash and those waiting in unsorted do not come. `index` requests stand back behind everybody's.
   */
  clientsChangedSince(
    since: number | undefined,
    signal: AbortSignal,
    urgency?: 'live' | 'index',
  ): AsyncIterable<ClientPage>
  /** Live look-up of one number; every hit is checked against the phone fields. Never proof of absence right after a creation. */
  findClientsByPhone(phone: string, signal: AbortSignal): Promise<readonly CrmClient[]>
  createContacts(contacts: readonly NewContact[], signal: AbortSignal): Promise<readonly WriteOutcome[]>
  createCallNotes(notes: readonly NewCallNote[], signal: AbortSignal): Promise<readonly WriteOutcome[]>
  createTasks(tasks: readonly NewTask[], signal: AbortSignal): Promise<readonly WriteOutcome[]>
  /** Incoming leads (unsorted) of calls from unknown numbers; the CRM writes the call note itself. */
  createIncomingLeads(
    leads: readonly NewIncomingLead[],
    signal: AbortSignal,
  ): Promise<readonly WriteOutcome<IncomingLead>[]>
  /** Whether incoming leads are switched on in the account and in that pipeline (undefined: the main one). */
  takesIncomingLeads(pipeline: number | undefined, signal: AbortSignal): Promise<boolean>
  /** Those of these uids that nobody has accepted or declined yet. */
  stillIncoming(uids: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>
  /** Proof: incoming leads of calls made since then that still wait. */
  incomingLeadsSince(since: number, signal: AbortSignal): Promise<readonly StoredIncomingLead[]>
  /** These clients as they stand now; whoever is deleted, merged away or waits in unsorted does not come. */
  clientsById(
    clients: readonly EntityRef[],
    signal: AbortSignal,
    urgency?: 'live' | 'index',
  ): Promise<readonly CrmClient[]>
  /** Proof: contacts created since then, listed by creation time, never by text search. */
  contactsCreatedSince(since: number, signal: AbortSignal): Promise<readonly CrmClient[]>
  /** Proof: call notes standing on these entities and written since then. */
  callNotesOn(entities: readonly EntityRef[], since: number, signal: AbortSignal): Promise<readonly StoredCallNote[]>
  /** Proof where the entity is not known: call notes written on any lead since then. */
  leadCallNotesSince(since: number, signal: AbortSignal): Promise<readonly StoredCallNote[]>
  /** Tasks of these entities that nobody has completed. */
  openTasksOn(entities: readonly EntityRef[], signal: AbortSignal): Promise<readonly StoredTask[]>
  /** Proof: tasks of these entities created since then. */
  tasksOn(entities: readonly EntityRef[], since: number, signal: AbortSignal): Promise<readonly StoredTask[]>
  /** The CRM's own notification that somebody calls; a wake-up, never retried. Those that wait for their turn travel together. */
  announceCall(phone: string, users: readonly number[], signal: AbortSignal): Promise<void>
}

export interface CrmAccount {
  readonly id: number
  readonly name: string
  readonly subdomain: string
  readonly currentUser: number
  /** Unsorted (incoming leads) is switched on. */
  readonly unsorted: boolean
  /** CRM clock minus ours, from the answer's Date header; milliseconds. */
  readonly clockSkewMs: number
}

export interface CrmUser {
  readonly id: number
  readonly name: string
  readonly active: boolean
  readonly admin: boolean
  /** May do with contacts and leads: all, own group's, own, nothing. Administrators may do everything. */
  readonly rights: { readonly contacts: CrmRights; readonly leads: CrmRights }
}

export interface CrmRights {
  readonly view: CrmReach
  readonly edit: CrmReach
  readonly add: CrmReach
}

export type CrmReach = 'all' | 'group' | 'own' | 'none'

/** A contact or company as the index keeps it. */
export interface CrmClient {
  readonly kind: 'contact' | 'company'
  readonly id: number
  readonly name: string
  readonly owner: number
  /** As stored in the CRM, all of them. */
  readonly phones: readonly string[]
  readonly createdAt: number
  readonly updatedAt: number
}

export interface ClientPage {
  readonly clients: readonly CrmClient[]
  /** Every change up to this instant (the CRM's clock) has come with this page or an earlier one. */
  readonly readUpTo: number
}

export interface NewContact {
  readonly name: string
  readonly phone: string
  readonly owner?: number
  readonly fields?: readonly FieldValue[]
  readonly tags?: readonly string[]
  /** Id of the company the contact belongs to; the link is made after the contact and may be missing when that fails. */
  readonly company?: number
}

/** A call from an unknown number, for the CRM's list of incoming leads. */
export interface NewIncomingLead {
  /** Name of the lead and its contact. */
  readonly name: string
  /** Ours, stable: `<pbx>/<call id>`. */
  readonly uniq: string
  readonly phone: string
  readonly startedAt: number
  /** Whole seconds of talk; 0 when nobody talked. */
  readonly talkSeconds: number
  /** As in a call note. */
  readonly person: number | string | undefined
  /** The line that was called. */
  readonly line: string
  /** Its name for people. */
  readonly lineName: string
  /** Undefined: the account's main one. */
  readonly pipeline: number | undefined
  /** Name of the contact, where it differs from the lead's. */
  readonly contactName?: string
  readonly contactFields?: readonly FieldValue[]
  readonly leadFields?: readonly FieldValue[]
  /** Of the lead. */
  readonly tags?: readonly string[]
  readonly recordingUrl?: string
}

export interface IncomingLead {
  readonly uid: string
  readonly lead: number
  /** Hidden until somebody accepts the lead. */
  readonly contact: number | undefined
}

export interface StoredIncomingLead extends IncomingLead {
  readonly uniq: string
}

export interface NewTask {
  readonly entity: EntityRef
  readonly text: string
  readonly owner: number | undefined
  readonly deadline: number
  /** The CRM's type of task; left out: to get in touch. */
  readonly type?: number
}

export interface StoredTask {
  readonly id: number
  readonly entity: EntityRef
  readonly text: string
  readonly deadline: number
  readonly createdAt: number
}
