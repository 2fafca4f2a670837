import type { DatabaseSync } from 'node:sqlite'
import type { LastTalks } from '../crm-state-ports.ts'
import { reading } from './reading.ts'
import { numberOf, textOf } from './row.ts'

/** Must read like the partial index `calls_by_talk`, or SQLite does not use it. */
export const LAST_TALK = `SELECT talked_with, ended_at FROM calls
  WHERE client_key = ? AND client_key <> '' AND talked_with <> '' ORDER BY ended_at DESC LIMIT 1`

/** Read from the journal by way of an index that holds the whole answer. */
export function sqliteLastTalks(db: DatabaseSync): LastTalks {
  const last = db.prepare(LAST_TALK)
  return {
    with: (phoneKey) =>
      reading(() => {
        const row = last.get(phoneKey)
        return row && { extension: textOf(row, 'talked_with'), at: numberOf(row, 'ended_at') }
      }),
  }
}
