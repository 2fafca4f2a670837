import type { Call } from '../calls/call.ts'
import type { CallJournal } from '../store/ports.ts'
import type { PassOptions } from './asked.ts'
import type { NoteBook } from './note-book.ts'
import type { RegistrationPort } from './registration-port.ts'

export interface JudgeDeps {
  readonly journal: Pick<CallJournal, 'toldAs'>
  readonly registration: RegistrationPort
  readonly pbx: string
  /** Calls that somebody else tells: live ones, and those that wait for the second witness. */
  readonly others: () => readonly Call[]
  /** Asterisk's clock, epoch milliseconds. */
  readonly asteriskNow: () => number
  readonly leaveAloneMs: number
  /** What was written so shortly before the CRM was read need not be in what was read. */
  readonly readingMs?: number | undefined
}

/** What is asked of every call of a pass. */
export interface Judging extends Pick<PassOptions, 'dry' | 'effects' | 'onDemand'> {
  /** What stands in the CRM; undefined: it is not asked, and the outbox is believed. */
  readonly book: NoteBook | undefined
}
