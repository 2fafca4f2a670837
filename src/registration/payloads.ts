import type { CallNoteStatus } from '../crm/port.ts'
import type { CallPeople } from './attribution.ts'

/** Find or create the client of a call. */
export interface ClientPayload {
  /** As normalised by `numbers/`. */
  readonly phone: string
  /** Name and owner of the contact, should it have to be created. */
  readonly name: string
  readonly owner?: number
  /** Left out: an unknown client becomes a contact. */
  readonly unknown?: 'nothing'
}

/** Find the client of an inbound call, or put the call among the CRM's incoming leads. */
export interface UnsortedPayload extends Omit<ClientPayload, 'unknown'> {
  /** `<pbx>/<call id>`. */
  readonly uniq: string
  readonly startedAt: number
  readonly talkSeconds: number
  readonly people: CallPeople
  readonly line: string
  readonly lineName: string
  /** Left out: the account's main one. */
  readonly pipeline?: number
  /** From this instant on no lead is made, a contact has to do. */
  readonly quietAt: number
}

export interface CallNotePayload {
  /** `<pbx>/<call id>`. */
  readonly uniq: string
  readonly direction: 'in' | 'out'
  readonly phone: string
  readonly startedAt: number
  readonly talkSeconds: number
  readonly status: CallNoteStatus
  readonly people: CallPeople
  /** From this instant on the note must not set off automations. */
  readonly quietAt: number
}

export interface TaskPayload {
  readonly text: string
  readonly deadline: number
  readonly people: CallPeople
  /** From this instant on no task is made at all. */
  readonly quietAt: number
}
