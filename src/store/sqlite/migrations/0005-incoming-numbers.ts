import type { Migration } from '../migrate.ts'

/** Numbers that wait in the CRM's incoming leads, where no look-up shows them. One row a number: the latest incoming lead. */
export const incomingNumbers: Migration = {
  number: 5,
  sql: `
    CREATE TABLE incoming_numbers (
      key TEXT PRIMARY KEY,
      uid TEXT NOT NULL,
      lead INTEGER NOT NULL,
      contact INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
}
