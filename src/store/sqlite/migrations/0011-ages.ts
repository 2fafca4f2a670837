import type { Migration } from '../migrate.ts'

/**
 * What is still kept of a call, so that the old ones are found without walking the others: 0 all of it, 1 no events, 2 neither events nor client.
 * The row itself stays for ever: `(pbx, id)` keeps an old call from being registered again.
 */
export const ages: Migration = {
  number: 11,
  sql: `
    ALTER TABLE calls ADD COLUMN faded INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX calls_by_age ON calls (faded, ended_at) WHERE faded < 2;
  `,
}
