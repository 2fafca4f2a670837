import type { Call } from '../calls/call.ts'
import type { Asked } from './asked.ts'
import type { TellingsPage } from './call-source.ts'
import type { DatabaseAddress } from './database.ts'
import type { DatabaseFailure } from './database-failure.ts'
import type { RecordTables } from './record-tables.ts'
import type { TellingOptions } from './tell-group.ts'

/** Where the PBX writes down its calls. */
export type RecordsPlace =
  | { readonly kind: 'database'; readonly address: DatabaseAddress; readonly tables: RecordTables }
  /** Asterisk's `Master.csv`. */
  | { readonly kind: 'csv'; readonly file: string; readonly timeZone: string | undefined }

/** What the thread is born with; nothing in it but plain data. */
export interface RecordsOrder {
  readonly place: RecordsPlace
  readonly asked: Asked
  readonly telling: Omit<TellingOptions, 'leftOut'>
}

/** Main thread → records thread. Nothing is read ahead of what is asked for. Answers carry the number of their question. */
export type ToRecords = Question & { readonly number: number }

export type Question =
  | { readonly kind: 'next' }
  /** The events of a call of the page that was given last, by its place. */
  | { readonly kind: 'events'; readonly at: number }

/** Records thread → main thread. Calls travel without their events, which are ten times as big and seldom needed. */
export type FromRecords =
  | (RecordsAnswer & { readonly number: number })
  | { readonly kind: 'left-out'; readonly row: string; readonly reason: string }

export type RecordsAnswer =
  | ({ readonly kind: 'page'; readonly calls: readonly ToldBare[] } & Omit<TellingsPage, 'calls'>)
  | { readonly kind: 'events'; readonly events: readonly unknown[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly failure: DatabaseFailure }

export interface ToldBare {
  readonly call: Call
  readonly wholeSeconds: boolean
}
