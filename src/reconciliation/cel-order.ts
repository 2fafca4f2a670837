import type { CelRow } from './cel-row.ts'

/** A row with the instant it speaks of, epoch milliseconds. */
export interface TimedRow {
  readonly row: CelRow
  readonly at: number
}

/**
 * How far a row's time may lie behind that of one written before it without meaning anything: whole seconds are cut off, and
 * Asterisk's threads overtake each other by milliseconds. Within it the order of writing is the order of events.
 */
const SAME_MOMENT_MS = 1000

/**
 * Rows in the order in which things happened. They are written in that order, and `id` keeps it within a second, so it stands; but a row
 * that is more than a second older than one before it was written late (the database was away, a server of a cluster numbers on its
 * own): it goes behind the last row that is not younger.
 */
export function inOrderOfEvents(rows: readonly TimedRow[]): readonly TimedRow[] {
  const ordered: TimedRow[] = []
  let newest = Number.NEGATIVE_INFINITY
  for (const each of rows) {
    if (each.at >= newest - SAME_MOMENT_MS) ordered.push(each)
    else ordered.splice(ordered.findLastIndex(({ at }) => at <= each.at) + 1, 0, each)
    newest = Math.max(newest, each.at)
  }
  return ordered
}
