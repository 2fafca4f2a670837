/** What of a call its recordings are found by. Every `Call` is one. Instants are epoch milliseconds. */
export interface RecordedCall {
  readonly id: string
  readonly linkedids: readonly string[]
  readonly startedAt: number
  /** Undefined while the call lives. */
  readonly endedAt: number | undefined
  readonly answered: boolean
  /** E.164 where it is a phone number. */
  readonly client: string
  readonly line: string
  /** File names as Asterisk named them, in the order they were begun. */
  readonly recordings: readonly string[]
}

/** What of a call its link is made of. */
export type LinkedCall = Pick<RecordedCall, 'id' | 'startedAt' | 'answered' | 'client' | 'line' | 'recordings'>
