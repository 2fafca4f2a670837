import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'
import { type Lanes, prepareLanes } from './lanes.ts'
import { numberOf, textOf } from './row.ts'
import type { ChangeRow, JobRow } from './write.ts'

/** Writes of the outbox. Each leaves `lanes` true for every lane it touched. */
export function jobWrites(db: DatabaseSync) {
  const lanes = prepareLanes(db)
  const insert = db.prepare(
    `INSERT INTO jobs (key, kind, lane, after, urgency, payload, added_at, not_before, due_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
  )
  const find = db.prepare('SELECT state, lane FROM jobs WHERE key = ?')
  // `?N IS 1` tells "clear" from "stay": a bound NULL alone could mean either.
  const update = db.prepare(
    `UPDATE jobs SET state = ?2, due_at = coalesce(?3, due_at), attempts = coalesce(?4, attempts),
       first_attempt_at = CASE WHEN ?5 IS 1 THEN NULL ELSE coalesce(?6, first_attempt_at) END,
       last_attempt_ended_at = CASE WHEN ?7 IS 1 THEN NULL ELSE coalesce(?8, last_attempt_ended_at) END,
       absences = coalesce(?9, absences), losses = coalesce(?10, losses), result = coalesce(?11, result),
       reason = CASE WHEN ?12 IS 1 THEN NULL ELSE coalesce(?13, reason) END
     WHERE key = ?1`,
  )

  // By way of an index that holds open jobs only: the table keeps every job that was ever done.
  const late = db.prepare(
    `SELECT seq, lane FROM jobs INDEXED BY jobs_by_age
     WHERE state IN ('waiting', 'sending', 'unproven') AND due_at > max(?1, coalesce(not_before, ?1))`,
  )
  const setDue = db.prepare('UPDATE jobs SET due_at = max(?2, coalesce(not_before, ?2)) WHERE seq = ?1')

  const removeOld = db.prepare(
    `DELETE FROM jobs WHERE seq IN (
       SELECT seq FROM jobs AS old INDEXED BY jobs_done
       WHERE state = 'done' AND added_at < ? AND NOT EXISTS (
         SELECT 1 FROM jobs AS open WHERE open.after = old.key AND open.after IS NOT NULL
           AND open.state IN ('waiting', 'sending', 'unproven'))
       ORDER BY added_at LIMIT ?)`,
  )
  const removeDead = db.prepare("DELETE FROM jobs WHERE key = ? AND state = 'dead'")
  const removeDone = db.prepare(
    `DELETE FROM jobs WHERE key = ?1 AND state = 'done' AND NOT EXISTS (
       SELECT 1 FROM jobs AS open WHERE open.after = ?1 AND open.after IS NOT NULL
         AND open.state IN ('waiting', 'sending', 'unproven'))`,
  )

  const changeOne = (change: ChangeRow): readonly string[] => {
    const row = find.get(change.key)
    if (!row) throw new StoreError('bad-input', `There is no job ${change.key}`)
    update.run(
      change.key,
      change.state,
      change.dueAt ?? null,
      change.attempts ?? null,
      change.firstAttemptAt === null ? 1 : 0,
      change.firstAttemptAt ?? null,
      change.lastAttemptEndedAt === null ? 1 : 0,
      change.lastAttemptEndedAt ?? null,
      change.absences ?? null,
      change.losses ?? null,
      change.result ?? null,
      change.reason === null ? 1 : 0,
      change.reason ?? null,
    )
    const others = isEnd(textOf(row, 'state')) || isEnd(change.state) ? lanes.behind(change.key) : []
    return [textOf(row, 'lane'), ...others]
  }

  const forgetDead = (keys: readonly string[]): readonly string[] => {
    const removed: string[] = []
    const hopeless = new Set(keys)
    for (const key of hopeless) {
      const waiting = lanes.behind(key)
      if (removeDead.run(key).changes === 0) continue
      removed.push(key)
      for (const died of refreshAll(lanes, waiting)) hopeless.add(died)
    }
    return removed
  }

  return {
    add(rows: readonly JobRow[]): void {
      for (const row of rows) {
        insert.run(
          row.key,
          row.kind,
          row.lane,
          row.after,
          row.urgency,
          row.payload,
          row.addedAt,
          row.notBefore,
          row.notBefore ?? row.addedAt,
        )
      }
      refreshAll(
        lanes,
        rows.map((row) => row.lane),
      )
    },
    capDue(at: number): void {
      const rows = late.all(at)
      for (const row of rows) setDue.run(numberOf(row, 'seq'), at)
      refreshAll(
        lanes,
        rows.map((row) => textOf(row, 'lane')),
      )
    },
    /** Removes done jobs added before then, except those an open job builds on. False when there was none. */
    forgetDone(before: number, limit: number): boolean {
      return removeOld.run(before, limit).changes > 0
    },
    /** Removes dead jobs, and whatever dies because its base is gone. All that was removed. */
    forgetDead,
    /** Removes done and dead jobs; what is still to be sent, and what that builds on, stays. All that was removed. */
    forgetFinished: (keys: readonly string[]): readonly string[] => [
      ...keys.filter((key) => lanes.behind(key).length === 0 && removeDead.run(key).changes > 0),
      ...keys.filter((key) => removeDone.run(key).changes > 0),
    ],
    /** The keys of the jobs that died because their base is dead. */
    change(changes: readonly ChangeRow[]): readonly string[] {
      return refreshAll(lanes, changes.flatMap(changeOne))
    },
  }
}

function refreshAll(lanes: Lanes, touched: readonly string[]): readonly string[] {
  const died: string[] = []
  const open = new Set(touched)
  // A death can free or kill the first job of another lane: the set grows while it is walked, and ends because each death is final.
  for (const lane of open) {
    open.delete(lane)
    for (const key of lanes.refresh(lane)) {
      died.push(key)
      for (const other of lanes.behind(key)) open.add(other)
    }
  }
  return died
}

function isEnd(state: string): boolean {
  return state === 'done' || state === 'dead'
}
