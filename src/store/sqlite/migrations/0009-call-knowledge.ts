import type { Migration } from '../migrate.ts'

/**
 * What is kept beside calls: the open callback task of a number, and every decision with its reason. `talked_with` is read out of the stored
 * call itself, so that a call told anew is a talk told anew; the index answers "who talked last with this number" without touching a row.
 */
export const callKnowledge: Migration = {
  number: 9,
  sql: `
    CREATE TABLE callback_tasks (
      key TEXT PRIMARY KEY,
      task INTEGER NOT NULL,
      entity_kind TEXT NOT NULL CHECK (entity_kind IN ('contact', 'company', 'lead')),
      entity_id INTEGER NOT NULL,
      calls TEXT NOT NULL,
      since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE decisions (
      seq INTEGER PRIMARY KEY,
      pbx TEXT NOT NULL,
      call_id TEXT NOT NULL,
      at INTEGER NOT NULL,
      about TEXT NOT NULL,
      code TEXT NOT NULL,
      facts TEXT NOT NULL
    ) STRICT;
    CREATE INDEX decisions_by_call ON decisions (pbx, call_id, seq);

    ALTER TABLE calls ADD COLUMN talked_with TEXT
      AS (iif(json_extract(call, '$.answered'), json_extract(call, '$.responsible'), NULL)) VIRTUAL;
    CREATE INDEX calls_by_talk ON calls (client_key, ended_at, talked_with) WHERE client_key <> '' AND talked_with <> '';
  `,
}
