import type { Migration } from '../migrate.ts'

/** Open leads and the clients they are about. `kind`: 0 contact, 1 company; `clients` keeps their order, the main contact first. */
export const leadIndex: Migration = {
  number: 8,
  sql: `
    CREATE TABLE leads (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      owner INTEGER NOT NULL,
      pipeline INTEGER NOT NULL,
      status INTEGER NOT NULL,
      clients TEXT NOT NULL,
      updated_at INTEGER NOT NULL,
      pass INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX leads_by_pass ON leads (pass);

    CREATE TABLE lead_clients (
      id INTEGER NOT NULL,
      kind INTEGER NOT NULL,
      lead INTEGER NOT NULL REFERENCES leads (id) ON DELETE CASCADE,
      PRIMARY KEY (id, kind, lead)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX lead_clients_by_lead ON lead_clients (lead);

    CREATE TABLE lead_progress (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      complete INTEGER NOT NULL DEFAULT 0,
      cursor INTEGER,
      leads INTEGER NOT NULL DEFAULT 0,
      pass INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    INSERT INTO lead_progress (one) VALUES (1);
    CREATE TRIGGER lead_added AFTER INSERT ON leads BEGIN
      UPDATE lead_progress SET leads = leads + 1;
    END;
    CREATE TRIGGER lead_removed AFTER DELETE ON leads BEGIN
      UPDATE lead_progress SET leads = leads - 1;
    END;
  `,
}
