import type { DatabaseSync } from 'node:sqlite'
import { deflateRawSync } from 'node:zlib'
import type { PendingRow } from './write.ts'

/** Writes of the calls that wait for the second witness. */
export function pendingWrites(db: DatabaseSync) {
  const add = db.prepare(
    `INSERT INTO pending_calls (pbx, id, ended_at, call, events) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (pbx, id, ended_at) DO NOTHING`,
  )
  const remove = db.prepare('DELETE FROM pending_calls WHERE pbx = ? AND id = ? AND ended_at = ?')
  return {
    add(row: PendingRow): void {
      add.run(row.pbx, row.id, row.endedAt, row.call, deflateRawSync(row.events))
    },
    remove(pbx: string, id: string, endedAt: number): void {
      remove.run(pbx, id, endedAt)
    },
  }
}
