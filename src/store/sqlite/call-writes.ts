import type { DatabaseSync } from 'node:sqlite'
import { deflateRawSync } from 'node:zlib'
import type { CallRow, RetoldRow } from './write.ts'

/** Writes of the journal. */
export function callWrites(db: DatabaseSync) {
  const insertCall = db.prepare(
    `INSERT INTO calls (pbx, id, started_at, ended_at, direction, client_key, linkedids, call, events)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pbx, id) DO NOTHING`,
  )
  const insertLinkedid = db.prepare('INSERT INTO call_linkedids (pbx, linkedid, id) VALUES (?, ?, ?)')

  const leaveOut = db.prepare('INSERT OR REPLACE INTO calls_left_out (pbx, id, why) VALUES (?, ?, ?)')
  const takeIn = db.prepare('DELETE FROM calls_left_out WHERE pbx = ? AND id = ?')
  const keepFormer = db.prepare(
    'INSERT INTO retold_calls (pbx, id, at, call) SELECT pbx, id, ?, call FROM calls WHERE pbx = ? AND id = ? AND call <> ?',
  )
  const retell = db.prepare('UPDATE calls SET call = ?, events = ?, ended_at = ? WHERE pbx = ? AND id = ?')

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
      if (row.leftOut !== null) leaveOut.run(row.pbx, row.id, row.leftOut)
      return true
    },
    /** It has jobs after all. */
    sayLate(pbx: string, id: string): void {
      takeIn.run(pbx, id)
    },
    /** Another telling takes the place of the former one, which is kept. False when there is no such call, or nothing new. */
    retell(row: RetoldRow, at: number): boolean {
      if (keepFormer.run(at, row.pbx, row.id, row.call).changes === 0) return false
      retell.run(row.call, deflateRawSync(row.events), row.endedAt, row.pbx, row.id)
      return true
    },
  }
}
