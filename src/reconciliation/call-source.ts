import type { Call } from '../calls/call.ts'
import type { Asked } from './asked.ts'

/** The PBX's own record of calls, told by one witness. */
export interface CallSource {
  /**
   * Calls that were asked for and have ended, page by page, each once; those that go on are not among them. Calls of one page do not share
   * channels with those of another.
   * @throws DatabaseError and nothing else, but for the reason of `signal`
   */
  tellings(asked: Asked, signal: AbortSignal): AsyncIterable<TellingsPage>
}

export interface TellingsPage {
  readonly calls: readonly SourcedCall[]
  /** Calls whose end is not written yet. */
  readonly open: readonly Pick<Call, 'linkedids' | 'startedAt'>[]
  /** How far the page reaches, epoch milliseconds; undefined when calls are asked for by id. */
  readonly readUpTo: number | undefined
  /** Ids among those asked for that no record has. */
  readonly unknown: readonly string[]
}

export interface SourcedCall {
  readonly call: Call
  /** What it was folded from; only while its page is the last one. */
  events(): Promise<readonly unknown[]>
  /** The record keeps no fractions of a second. */
  readonly wholeSeconds: boolean
}
