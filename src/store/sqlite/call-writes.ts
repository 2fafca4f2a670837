import type { DatabaseSync } from 'node:sqlite'
import { deflateRawSync } from 'node:zlib'
import type { CallRow } from './write.ts'

/** Writes of the journal. */
export function callWrites(db: DatabaseSync) {
  const insertCall = db.prepare(
    `INSERT INTO calls (pbx, id, started_at, ended_at, direction, client_key, linkedids, call, events)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pbx, id) DO NOTHING`,
  )
  const insertLinkedid = db.prepare('INSERT INTO call_linkedids (pbx, linkedid, id) VALUES (?, ?, ?)')

  return {
    /** False when the call was there already. */
    insert(row: CallRow): boolean {
      const linkedids = [...new Set(row.linkedids)]
      const { changes } = insertCall.run(
        row.pbx,
        row.id,
        row.startedAt,
        row.endedAt,
        row.direction,
        row.clientKey,
        JSON.stringify(linkedids),
        row.call,
        deflateRawSync(row.events),
      )
      if (changes === 0) return false
      for (const linkedid of linkedids) insertLinkedid.run(row.pbx, linkedid, row.id)
      return true
    },
  }
}
