import type { Migration } from '../migrate.ts'

/** Small named values: the first configured start, an account pause. */
export const settings: Migration = {
  number: 4,
  sql: 'CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;',
}
