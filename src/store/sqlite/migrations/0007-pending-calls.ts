import type { Migration } from '../migrate.ts'

/** Ended calls that were not seen whole and wait for the second witness. They outlive the process; `events` is deflated JSON. */
export const pendingCalls: Migration = {
  number: 7,
  sql: `
    CREATE TABLE pending_calls (
      pbx TEXT NOT NULL,
      id TEXT NOT NULL,
      ended_at INTEGER NOT NULL,
      call TEXT NOT NULL,
      events BLOB NOT NULL,
      PRIMARY KEY (pbx, id, ended_at)
    ) STRICT;
  `,
}
