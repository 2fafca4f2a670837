import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Ledger, LedgerRow } from '../ledger-ports.ts'
import { reading } from './reading.ts'
import { maybeJson, maybeText, numberOf, type Row, textOf } from './row.ts'
import type { Writer } from './writer.ts'

/** Read at a time: a long period must not hold up the calls of the moment. */
const PAGE = 1_000

export function sqliteLedger(db: DatabaseSync, writer: Writer): Ledger {
  const started = db.prepare(
    `SELECT * FROM reconciled_calls WHERE pbx = ? AND (started_at, id) > (?, ?) AND started_at <= ?
     ORDER BY started_at, id LIMIT ${PAGE}`,
  )
  const blind = db.prepare('SELECT * FROM blind_times WHERE pbx = ? AND to_at >= ? AND from_at <= ? ORDER BY from_at')
  return {
    async put(pbx, rows) {
      if (rows.length === 0) return
      const written = rows.map(({ inCrm, looked, mended, detail, differs, ...row }) => ({
        ...row,
        inCrm: inCrm ? (1 as const) : (0 as const),
        looked: looked ? (1 as const) : (0 as const),
        mended: mended ? (1 as const) : (0 as const),
        detail: detail ?? null,
        differs: differs === undefined ? null : JSON.stringify(differs),
      }))
      await writer.write({ kind: 'put-findings', pbx, rows: written })
    },
    async startedBetween(pbx, from, to) {
      const found: LedgerRow[] = []
      // Every id sorts after the empty one, so the first page begins with `from` itself.
      let after = { startedAt: from, id: '' }
      for (;;) {
        const page = await reading(() => started.all(pbx, after.startedAt, after.id, to).map(asRow))
        for (const row of page) found.push(row)
        const last = page.at(-1)
        if (last === undefined || page.length < PAGE) return found
        after = last
        await nextTurn()
      }
    },
    async addBlind(pbx, time) {
      await writer.write({ kind: 'add-blind', pbx, time })
    },
    blindBetween: (pbx, from, to) =>
      reading(() =>
        blind.all(pbx, from, to).map((row) => ({
          from: numberOf(row, 'from_at'),
          to: numberOf(row, 'to_at'),
          why: textOf(row, 'why'),
        })),
      ),
    async forget(before, limit) {
      return (await writer.write({ kind: 'forget-findings', before, limit })).changed
    },
  }
}

function asRow(row: Row): LedgerRow {
  return {
    id: textOf(row, 'id'),
    startedAt: numberOf(row, 'started_at'),
    line: textOf(row, 'line'),
    finding: textOf(row, 'finding'),
    why: textOf(row, 'why'),
    inCrm: numberOf(row, 'in_crm') === 1,
    looked: numberOf(row, 'looked') === 1,
    mended: numberOf(row, 'mended') === 1,
    detail: maybeText(row, 'detail'),
    differs: maybeJson(row, 'differs'),
    checkedAt: numberOf(row, 'checked_at'),
  }
}
