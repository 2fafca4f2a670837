import type { Migration } from '../migrate.ts'

/** Jobs of `/pbx/read_call` and what they found, one row a call; nothing in it tells who called. */
export const readCall: Migration = {
  number: 13,
  sql: `
    CREATE TABLE read_call_jobs (
      id TEXT PRIMARY KEY,
      created_at INTEGER NOT NULL,
      ended INTEGER NOT NULL CHECK (ended IN (0, 1)),
      job TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX read_call_jobs_by_time ON read_call_jobs (created_at);

    CREATE TABLE read_call_findings (
      seq INTEGER PRIMARY KEY,
      job TEXT NOT NULL REFERENCES read_call_jobs (id),
      call_id TEXT NOT NULL,
      ended_at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      waits INTEGER NOT NULL CHECK (waits IN (0, 1)),
      finding TEXT NOT NULL,
      UNIQUE (job, call_id)
    ) STRICT;
    CREATE INDEX read_call_findings_by_job ON read_call_findings (job, seq);
  `,
}
