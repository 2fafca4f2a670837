import type { CallFacts } from './call-facts.ts'

/** What every job of a call carries. Rules are looked up when it is sent: who mends a rule mends what waits for it, dead letters too. */
export interface CallPayload {
  readonly call: CallFacts
}

export interface CallNotePayload extends CallPayload {
  /** Extension, where each person who talked has a note of their own. */
  readonly person?: string
}

/** A task that is over, since somebody has talked to the client. */
export interface TaskDonePayload extends CallPayload {
  readonly task: number
  /** The client's phone key. */
  readonly key: string
}

/** What is told differently of a call whose note stands already. */
export interface NoteChange {
  readonly recordingUrl?: string
  /** The call as the better witness saw it. */
  readonly call?: CallFacts
  /** What the manager wrote down. */
  readonly result?: string
}

export interface NoteChangePayload extends CallNotePayload {
  /** Everything that changed since the note was written, this time and before. */
  readonly change: NoteChange
}
