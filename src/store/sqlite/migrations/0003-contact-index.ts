import type { Migration } from '../migrate.ts'

/** Contacts and companies by phone key. The count is kept by triggers: counting 100 000 rows for every status page would be felt. `kind`: 0 contact, 1 company. */
export const contactIndex: Migration = {
  number: 3,
  sql: `
    CREATE TABLE clients (
      kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
      id INTEGER NOT NULL,
      name TEXT NOT NULL,
      owner INTEGER NOT NULL,
      keys TEXT NOT NULL,
      updated_at INTEGER NOT NULL,
      PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE client_keys (
      key TEXT NOT NULL,
      id INTEGER NOT NULL,
      kind INTEGER NOT NULL,
      PRIMARY KEY (key, id, kind)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE index_progress (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      complete INTEGER NOT NULL DEFAULT 0,
      cursor INTEGER,
      clients INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    INSERT INTO index_progress (one) VALUES (1);
    CREATE TRIGGER client_added AFTER INSERT ON clients BEGIN
      UPDATE index_progress SET clients = clients + 1;
    END;
    CREATE TRIGGER client_removed AFTER DELETE ON clients BEGIN
      UPDATE index_progress SET clients = clients - 1;
    END;
  `,
}
