import type { DatabaseSync } from 'node:sqlite'

export interface ReadCallJobWrite {
  readonly id: string
  readonly createdAt: number
  readonly ended: boolean
  readonly job: string
}

export interface ReadCallFindingWrite {
  readonly callId: string
  readonly endedAt: number
  readonly kind: string
  readonly waits: boolean
  readonly finding: string
}

/** Writes of `/pbx/read_call`. */
export function readCallWrites(db: DatabaseSync) {
  const putJob = db.prepare(
    `INSERT INTO read_call_jobs (id, created_at, ended, job) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, job = excluded.job`,
  )
  const putFinding = db.prepare(
    `INSERT INTO read_call_findings (job, call_id, ended_at, kind, waits, finding) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (job, call_id) DO UPDATE SET kind = excluded.kind, waits = excluded.waits, finding = excluded.finding`,
  )
  const old = `SELECT id FROM read_call_jobs WHERE ended = 1 AND (created_at < ?1
    OR id NOT IN (SELECT id FROM read_call_jobs ORDER BY created_at DESC LIMIT ?2))`
  const dropFindings = db.prepare(
    `DELETE FROM read_call_findings WHERE seq IN (SELECT seq FROM read_call_findings WHERE job IN (${old}) LIMIT ?3)`,
  )
  const dropJobs = db.prepare(
    `DELETE FROM read_call_jobs WHERE id IN (${old}) AND id NOT IN (SELECT job FROM read_call_findings)`,
  )
  return {
    put(job: ReadCallJobWrite, findings: readonly ReadCallFindingWrite[]): void {
      putJob.run(job.id, job.createdAt, job.ended ? 1 : 0, job.job)
      for (const { callId, endedAt, kind, waits, finding } of findings)
        putFinding.run(job.id, callId, endedAt, kind, waits ? 1 : 0, finding)
    },
    /** False when there was nothing. */
    forget(before: number, keep: number, limit: number): boolean {
      const findings = dropFindings.run(before, keep, limit).changes
      return Number(findings) + Number(dropJobs.run(before, keep).changes) > 0
    },
  }
}
