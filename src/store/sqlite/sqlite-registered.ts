import type { DatabaseSync } from 'node:sqlite'
import type { RegisteredCalls } from '../registered-port.ts'
import { reading } from './reading.ts'
import { numberOf } from './row.ts'

/**
 * Calls by the index of their starts, each call's jobs by their keys: an hour costs the same at a thousand and at a million calls. A call may have a
 * note a person, `…:note/101`: `0` is the character after `/`.
 */
const SHARE = `
  SELECT count(*) AS calls, coalesce(sum(open = 0), 0) AS done FROM (
    SELECT (SELECT count(*) FROM jobs WHERE state <> 'done' AND key >= uniq || ':note' AND key < uniq || ':note0')
         + (client <> 'done') AS open
    FROM (
      SELECT c.pbx || '/' || c.id AS uniq, (SELECT state FROM jobs WHERE key = c.pbx || '/' || c.id || ':client') AS client
      FROM calls AS c WHERE c.pbx = ? AND c.started_at >= ? AND c.started_at < ? AND c.ended_at >= ? AND c.ended_at < ?
    ) WHERE client IS NOT NULL
  )`

/** The index knows when calls began; whoever talks longer is left out. */
const LONGEST_CALL_MS = 4 * 3_600_000

export function sqliteRegistered(db: DatabaseSync): RegisteredCalls {
  const share = db.prepare(SHARE)
  return {
    share: (pbx, from, to) =>
      reading(() => {
        const row = share.get(pbx, from - LONGEST_CALL_MS, to, from, to) ?? {}
        return { calls: numberOf(row, 'calls'), done: numberOf(row, 'done') }
      }),
  }
}
