import type { Call } from '../calls/call.ts'

/** Which calls a pass is about. Instants are epoch milliseconds. */
export type Asked =
  /** Calls that began in this time, both ends included. */
  | { readonly kind: 'span'; readonly from: number; readonly to: number }
  /** Calls that have a record in this time, whole: also those that began before it or ended after it. */
  | { readonly kind: 'records'; readonly from: number; readonly to: number }
  /** Calls that have these ids, linkedids or channel ids. */
  | { readonly kind: 'ids'; readonly ids: readonly string[] }

export interface PassOptions {
  /** Looks and says what it would do; changes nothing. */
  readonly dry: boolean
  /** `quiet`: old calls get a note and the contact it needs. `all`: they do what fresh ones do. */
  readonly effects: 'quiet' | 'all'
  /** Reads the notes back from the CRM. Without it the outbox is believed. */
  readonly compareCrm: boolean
  /** A person asked for these calls: what was before the first start, or happened while the service only watched, is registered too. */
  readonly onDemand: boolean
  readonly onProgress?: (progress: PassProgress) => void
  /** Hears of calls whose end is not written yet: they are no findings. */
  readonly onOpen?: (calls: readonly Pick<Call, 'linkedids' | 'startedAt'>[]) => void
  /** Hears of ids that were asked for and that no record has. */
  readonly onUnknown?: (ids: readonly string[]) => void
}

export interface PassProgress {
  /** Calls judged so far. */
  readonly calls: number
  /** How much of the asked time is done, 0 to 1; by number for ids. */
  readonly share: number
}
