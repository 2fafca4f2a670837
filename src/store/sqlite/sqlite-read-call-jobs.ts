import type { DatabaseSync } from 'node:sqlite'
import type { ReadCallFindingRow, ReadCallJobRow, ReadCallJobs } from '../read-call-port.ts'
import { reading } from './reading.ts'
import { numberOf, type Row, textOf } from './row.ts'
import type { Writer } from './writer.ts'

export function sqliteReadCallJobs(db: DatabaseSync, writer: Writer): ReadCallJobs {
  const byId = db.prepare('SELECT * FROM read_call_jobs WHERE id = ?')
  const latest = db.prepare('SELECT * FROM read_call_jobs ORDER BY created_at DESC, id LIMIT ?')
  const unended = db.prepare('SELECT * FROM read_call_jobs WHERE ended = 0 ORDER BY created_at, id')
  const page = db.prepare('SELECT * FROM read_call_findings WHERE job = ? AND seq > ? ORDER BY seq LIMIT ?')
  const recent = db.prepare('SELECT * FROM read_call_findings WHERE job = ? AND (ended_at >= ? OR waits = 1)')
  return {
    async put({ job, ...row }, findings) {
      await writer.write({
        kind: 'put-read-call',
        job: { ...row, job: JSON.stringify(job) },
        findings: findings.map(({ finding, ...rest }) => ({ ...rest, finding: JSON.stringify(finding) })),
      })
    },
    get: (id) =>
      reading(() => {
        const row = byId.get(id)
        return row && asJob(row)
      }),
    latest: (limit) => reading(() => latest.all(limit).map(asJob)),
    unended: () => reading(() => unended.all().map(asJob)),
    findings: (job, after, limit) =>
      reading(() => page.all(job, after, limit).map((row) => ({ ...asFinding(row), seq: numberOf(row, 'seq') }))),
    recent: (job, endedSince) => reading(() => recent.all(job, endedSince).map(asFinding)),
    forget: async (before, keep, limit) =>
      (await writer.write({ kind: 'forget-read-calls', before, keep, limit })).changed,
  }
}

function asJob(row: Row): ReadCallJobRow {
  return {
    id: textOf(row, 'id'),
    createdAt: numberOf(row, 'created_at'),
    ended: numberOf(row, 'ended') === 1,
    job: JSON.parse(textOf(row, 'job')),
  }
}

function asFinding(row: Row): ReadCallFindingRow {
  return {
    callId: textOf(row, 'call_id'),
    endedAt: numberOf(row, 'ended_at'),
    kind: textOf(row, 'kind'),
    waits: numberOf(row, 'waits') === 1,
    finding: JSON.parse(textOf(row, 'finding')),
  }
}
