import type { EntityChange, NewLead } from '../crm/leads-port.ts'
import type { EntityRef, NewCallNote, NewContact, NewIncomingLead, NewTask } from '../crm/port.ts'

/**
 * Where customers' scripts may change what is about to be done, and what they are given there. What they say may depend on the call alone:
 * after a lost answer the record is looked for by it.
 */
export interface HookValues {
  /** Whether the call is registered at all. */
  readonly 'need-registration': boolean
  /** The client's number before anybody is looked up. */
  readonly 'client-phone': string
  readonly 'contact-creation': NewContact
  readonly 'unsorted-creation': NewIncomingLead
  readonly 'lead-creation': NewLead
  readonly 'task-creation': NewTask
  /** The call's note: person, author, entity, text, link, status. */
  readonly 'call-parameters': NewCallNote
  readonly 'contact-update': EntityChange
  readonly 'lead-update': EntityChange
  /** A recording as Asterisk named it. */
  readonly 'recording-path': string
  readonly 'post-registration': { readonly entity: EntityRef; readonly note: number }
}
export type HookPoint = keyof HookValues
