import type { DatabaseSync } from 'node:sqlite'
import { maybeNumber, maybeText, numberOf, type Row, textOf } from './row.ts'

/** Must read like the partial indices, or SQLite does not use them. */
const OPEN = "state IN ('waiting', 'sending', 'unproven')"

export interface Lanes {
  /** Works out anew which job of the lane goes next and when. Returns the keys of the jobs it found dead with their base. */
  refresh(lane: string): readonly string[]
  /** Lanes with open jobs that wait for this one. */
  behind(key: string): readonly string[]
}

/** The first open job of each lane, kept beside the jobs so that what is due is one index range. */
export function prepareLanes(db: DatabaseSync): Lanes {
  const first = db.prepare(
    `SELECT job.seq, job.key, job.state, job.due_at, job.after, base.state AS base_state
     FROM jobs AS job LEFT JOIN jobs AS base ON base.key = job.after
     WHERE job.seq = (SELECT seq FROM jobs WHERE lane = ? AND urgency = ? AND ${OPEN} ORDER BY seq LIMIT 1)`,
  )
  const save = db.prepare(
    `INSERT INTO lanes (lane, seq, urgency, ready_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq, urgency = excluded.urgency, ready_at = excluded.ready_at`,
  )
  const remove = db.prepare('DELETE FROM lanes WHERE lane = ?')
  const waitingFor = db.prepare(`SELECT DISTINCT lane FROM jobs WHERE after = ? AND after IS NOT NULL AND ${OPEN}`)
  const kill = db.prepare("UPDATE jobs SET state = 'dead', reason = ? WHERE key = ?")

  const head = (lane: string) => {
    const live = first.get(lane, 0)
    const backfill = first.get(lane, 1)
    const job = live && backfill && numberOf(backfill, 'seq') < numberOf(live, 'seq') ? backfill : (live ?? backfill)
    return job && { job, urgency: live ? 0 : 1 }
  }

  return {
    refresh(lane) {
      const died: string[] = []
      for (;;) {
        const found = head(lane)
        if (!found) {
          remove.run(lane)
          return died
        }
        const { job, urgency } = found
        const hopeless = whyHopeless(job)
        if (hopeless === undefined) {
          save.run(lane, numberOf(job, 'seq'), urgency, readyAt(job) ?? null)
          return died
        }
        kill.run(hopeless, textOf(job, 'key'))
        died.push(textOf(job, 'key'))
      }
    },
    behind: (key) => waitingFor.all(key).map((row) => textOf(row, 'lane')),
  }
}

/** A job that may have been executed (`unproven`, `sending`) is never given up for its base's sake: what became of it is still to be told. */
function whyHopeless(job: Row): string | undefined {
  const after = maybeText(job, 'after')
  if (after === undefined || textOf(job, 'state') !== 'waiting') return undefined
  const base = maybeText(job, 'base_state')
  if (base === 'dead') return `the job it builds on is dead: ${after}`
  return base === undefined ? `the job it builds on does not exist: ${after}` : undefined
}

function readyAt(job: Row): number | undefined {
  switch (textOf(job, 'state')) {
    case 'sending':
      return undefined
    case 'unproven':
      return numberOf(job, 'due_at')
    default:
      return maybeText(job, 'after') === undefined || maybeText(job, 'base_state') === 'done'
        ? maybeNumber(job, 'due_at')
        : undefined
  }
}
