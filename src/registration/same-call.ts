import type { JournalEntry } from '../store/ports.ts'

/** Two witnesses, or two readings of one, name the start of a call this differently at most: CEL keeps whole seconds. */
const ROUNDING_MS = 2000

/**
 * Whether a journal row and a call told under the same linkedid are one call: the same client, at the same time. A call seen from its
 * middle on (after a restart) begins later and still overlaps. Who has no client is part of a row that has one, not the other way
 * round: a row without a client left nothing in the CRM, so nothing can be doubled.
 */
export function isSameCall(
  row: Pick<JournalEntry, 'startedAt' | 'endedAt' | 'clientKey'>,
  told: Pick<JournalEntry, 'startedAt' | 'endedAt' | 'clientKey'>,
): boolean {
  if (told.clientKey !== '' && told.clientKey !== row.clientKey) return false
  if (Math.abs(told.startedAt - row.startedAt) <= ROUNDING_MS) return true
  return told.startedAt <= row.endedAt && row.startedAt <= told.endedAt
}
