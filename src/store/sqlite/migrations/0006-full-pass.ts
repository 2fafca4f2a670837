import type { Migration } from '../migrate.ts'

/** The full pass over the CRM in which a client was last seen: those with an older one than the current may be gone. */
export const fullPass: Migration = {
  number: 6,
  sql: `
    ALTER TABLE clients ADD COLUMN pass INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX clients_by_pass ON clients (pass);
    ALTER TABLE index_progress ADD COLUMN pass INTEGER NOT NULL DEFAULT 0;
  `,
}
