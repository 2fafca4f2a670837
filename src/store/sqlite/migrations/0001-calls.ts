import type { Migration } from '../migrate.ts'

/** Ended calls. `(pbx, id)` is the lock that makes a call registered once; `events` is deflated JSON, some ten times smaller than plain. */
export const calls: Migration = {
  number: 1,
  sql: `
    CREATE TABLE calls (
      pbx TEXT NOT NULL,
      id TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER NOT NULL,
      direction TEXT NOT NULL,
      client_key TEXT NOT NULL,
      linkedids TEXT NOT NULL,
      call TEXT NOT NULL,
      events BLOB NOT NULL,
      PRIMARY KEY (pbx, id)
    ) STRICT;
    CREATE INDEX calls_by_start ON calls (pbx, started_at, id);

    CREATE TABLE call_linkedids (
      pbx TEXT NOT NULL,
      linkedid TEXT NOT NULL,
      id TEXT NOT NULL,
      PRIMARY KEY (pbx, linkedid, id),
      FOREIGN KEY (pbx, id) REFERENCES calls (pbx, id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX call_linkedids_by_call ON call_linkedids (pbx, id);
  `,
}
