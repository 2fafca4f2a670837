import type { EntityRef } from './entity.ts'

export interface NewCallNote {
  readonly entity: EntityRef
  /** Ours, stable: `<pbx>/<call id>`. */
  readonly uniq: string
  readonly direction: 'in' | 'out'
  readonly phone: string
  readonly startedAt: number
  /** Whole seconds of talk; 0 when nobody talked. */
  readonly talkSeconds: number
  readonly status: CallNoteStatus
  /** The person who talked or was rung: CRM user when there is one, else the extension as text. */
  readonly person: number | string | undefined
  /** Author in the CRM's statistics. */
  readonly author: number | undefined
  readonly text?: string
  readonly recordingUrl?: string
  /** Old calls must not set off automations. */
  readonly quiet: boolean
}

export type CallNoteStatus = 'voicemail' | 'answered' | 'wrong-number' | 'not-reached' | 'busy'

export interface StoredCallNote {
  readonly id: number
  readonly entity: EntityRef
  readonly uniq: string
  readonly direction: 'in' | 'out'
  readonly phone: string
  readonly startedAt: number
  readonly talkSeconds: number
  /** Left out: the CRM has one we do not know. */
  readonly status?: CallNoteStatus
  /** As the CRM has it: a user's id, or a text; empty when nobody. */
  readonly person?: string
}
