import type { Migration } from '../migrate.ts'

/**
 * What the passes over the PBX's records know. `calls_left_out`: why a call has no jobs, so that it can be asked for later. `retold_calls`: how
 * a call was told before a better witness told it. `reconciled_calls`: what the last pass found, one row a call, which the ledger counts;
 * nothing in it tells a person. `blind_times`: when neither witness saw anything.
 */
export const reconciliation: Migration = {
  number: 12,
  sql: `
    CREATE TABLE calls_left_out (
      pbx TEXT NOT NULL,
      id TEXT NOT NULL,
      why TEXT NOT NULL,
      PRIMARY KEY (pbx, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE retold_calls (
      seq INTEGER PRIMARY KEY,
      pbx TEXT NOT NULL,
      id TEXT NOT NULL,
      at INTEGER NOT NULL,
      call TEXT NOT NULL
    ) STRICT;
    CREATE INDEX retold_by_call ON retold_calls (pbx, id);

    CREATE TABLE reconciled_calls (
      pbx TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      id TEXT NOT NULL,
      line TEXT NOT NULL,
      finding TEXT NOT NULL,
      why TEXT NOT NULL,
      in_crm INTEGER NOT NULL CHECK (in_crm IN (0, 1)),
      looked INTEGER NOT NULL CHECK (looked IN (0, 1)),
      mended INTEGER NOT NULL CHECK (mended IN (0, 1)),
      detail TEXT,
      differs TEXT,
      checked_at INTEGER NOT NULL,
      PRIMARY KEY (pbx, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX reconciled_by_start ON reconciled_calls (pbx, started_at, id);

    CREATE TABLE blind_times (
      pbx TEXT NOT NULL,
      from_at INTEGER NOT NULL,
      to_at INTEGER NOT NULL,
      why TEXT NOT NULL,
      PRIMARY KEY (pbx, from_at)
    ) STRICT, WITHOUT ROWID;
  `,
}
