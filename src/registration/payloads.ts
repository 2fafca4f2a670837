import type { CallNoteStatus } from '../crm/port.ts'
import type { CallPeople } from './attribution.ts'

/** Find or create the client of a call. */
export interface ClientPayload {
  /** As normalised by `numbers/`. */
  readonly phone: string
  /** Name and owner of the contact, should it have to be created. */
  readonly name: string
  readonly owner?: number
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
