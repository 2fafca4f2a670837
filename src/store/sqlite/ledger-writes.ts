import type { DatabaseSync } from 'node:sqlite'
import type { BlindTime } from '../ledger-ports.ts'
import type { LedgerDbRow } from './write.ts'

/** Writes of the passes over the PBX's records. */
export function ledgerWrites(db: DatabaseSync) {
  const put = db.prepare(
    `INSERT INTO reconciled_calls (pbx, started_at, id, line, finding, why, in_crm, looked, mended, detail, differs, checked_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (pbx, id) DO UPDATE SET started_at = excluded.started_at, line = excluded.line, finding = excluded.finding, why = excluded.why,
       in_crm = excluded.in_crm, looked = excluded.looked, mended = max(mended, excluded.mended), detail = excluded.detail, differs = excluded.differs,
       checked_at = excluded.checked_at
     WHERE NOT looked OR excluded.looked OR excluded.finding NOT IN ('right', 'adopted')`,
  )
  const addBlind = db.prepare(
    `INSERT INTO blind_times (pbx, from_at, to_at, why) VALUES (?, ?, ?, ?)
     ON CONFLICT (pbx, from_at) DO UPDATE SET to_at = max(to_at, excluded.to_at), why = excluded.why`,
  )
  const forget = db.prepare(
    `DELETE FROM reconciled_calls WHERE (pbx, id) IN
       (SELECT pbx, id FROM reconciled_calls WHERE started_at < ? LIMIT ?)`,
  )
  return {
    put(pbx: string, rows: readonly LedgerDbRow[]): void {
      for (const row of rows) {
        put.run(
          ...[pbx, row.startedAt, row.id, row.line, row.finding, row.why],
          ...[row.inCrm, row.looked, row.mended, row.detail, row.differs, row.checkedAt],
        )
      }
    },
    addBlind(pbx: string, { from, to, why }: BlindTime): void {
      addBlind.run(pbx, from, to, why)
    },
    /** False when there was none. */
    forget(before: number, limit: number): boolean {
      return Number(forget.run(before, limit).changes) > 0
    },
  }
}
