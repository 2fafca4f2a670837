import type { DatabaseSync } from 'node:sqlite'
import type { JobState, OutboxStore } from '../ports.ts'
import { asJob, changeRow, jobRow } from './job-row.ts'
import { reading } from './reading.ts'
import { maybeNumber, numberOf, textOf } from './row.ts'
import type { Writer } from './writer.ts'

const JOB = `SELECT job.*, base.result AS given FROM jobs AS job LEFT JOIN jobs AS base ON base.key = job.after`

/** CROSS JOIN fixes the order: SQLite walks the ready lanes and stops at the limit, however many jobs wait. Takes urgency, now, limit. */
export const DUE = `SELECT job.*, base.result AS given FROM lanes CROSS JOIN jobs AS job ON job.seq = lanes.seq
  LEFT JOIN jobs AS base ON base.key = job.after
  WHERE lanes.urgency = ? AND lanes.ready_at IS NOT NULL AND lanes.ready_at <= ?
  ORDER BY lanes.ready_at, lanes.seq LIMIT ?`

export function sqliteOutbox(db: DatabaseSync, writer: Writer, now: () => number): OutboxStore {
  const due = db.prepare(DUE)
  const nextReady = db.prepare('SELECT min(ready_at) AS at FROM lanes WHERE urgency = ? AND ready_at IS NOT NULL')
  const interrupted = db.prepare(`${JOB} WHERE job.state = 'sending' ORDER BY job.seq`)
  const dead = db.prepare(`${JOB} WHERE job.state = 'dead' ORDER BY job.seq DESC LIMIT ?`)
  const byKey = db.prepare(`${JOB} WHERE job.key = ?`)
  const counts = db.prepare('SELECT state, jobs FROM job_counts')
  const oldest = db.prepare("SELECT min(added_at) AS at FROM jobs WHERE state IN ('waiting', 'sending', 'unproven')")
  const nextOf = (urgency: number) => maybeNumber(nextReady.get(urgency) ?? {}, 'at') ?? Number.POSITIVE_INFINITY

  return {
    async add(jobs) {
      const at = now()
      await writer.write({ kind: 'add-jobs', jobs: jobs.map((job) => jobRow(job, at)) })
    },
    due: (at, limit) =>
      reading(() => {
        const live = due.all(0, at, limit)
        const rows = live.length < limit ? [...live, ...due.all(1, at, limit - live.length)] : live
        return rows.map(asJob)
      }),
    nextDueAt: () =>
      reading(() => {
        const next = Math.min(nextOf(0), nextOf(1))
        return Number.isFinite(next) ? next : undefined
      }),
    async change(changes) {
      const written = await writer.write({ kind: 'change-jobs', changes: changes.map(changeRow) })
      return written.died
    },
    async capDue(at) {
      await writer.write({ kind: 'cap-due', at })
    },
    interrupted: () => reading(() => interrupted.all().map(asJob)),
    get: (key) =>
      reading(() => {
        const row = byKey.get(key)
        return row && asJob(row)
      }),
    counts: () =>
      reading(() => {
        const found: Record<JobState, number> = { waiting: 0, sending: 0, unproven: 0, done: 0, dead: 0 }
        return Object.assign(
          found,
          Object.fromEntries(counts.all().map((row) => [textOf(row, 'state'), numberOf(row, 'jobs')])),
        )
      }),
    oldestOpenAt: () => reading(() => maybeNumber(oldest.get() ?? {}, 'at')),
    async forgetDone(before, limit) {
      const written = await writer.write({ kind: 'forget-done', before, limit })
      return written.changed
    },
    async forgetDead(keys) {
      const written = await writer.write({ kind: 'forget-dead', keys })
      return written.died
    },
    dead: (limit) => reading(() => dead.all(limit).map(asJob)),
  }
}
