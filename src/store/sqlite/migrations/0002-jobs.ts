import type { Migration } from '../migrate.ts'

/**
 * The outbox. `lanes` holds the first open job of every lane that has one, with the instant it may go (null while it is being sent or waits for its
 * `after` job): what is due is then a range of one index, however many jobs wait behind. `urgency`: 0 live, 1 backfill.
 */
export const jobs: Migration = {
  number: 2,
  sql: `
    CREATE TABLE jobs (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      key TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      lane TEXT NOT NULL,
      after TEXT,
      urgency INTEGER NOT NULL CHECK (urgency IN (0, 1)),
      payload TEXT NOT NULL,
      state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'unproven', 'done', 'dead')),
      added_at INTEGER NOT NULL,
      not_before INTEGER,
      due_at INTEGER NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      first_attempt_at INTEGER,
      last_attempt_ended_at INTEGER,
      absences INTEGER NOT NULL DEFAULT 0,
      losses INTEGER NOT NULL DEFAULT 0,
      result TEXT,
      reason TEXT
    ) STRICT;
    CREATE INDEX jobs_open ON jobs (lane, urgency, seq) WHERE state IN ('waiting', 'sending', 'unproven');
    CREATE INDEX jobs_by_age ON jobs (added_at) WHERE state IN ('waiting', 'sending', 'unproven');
    CREATE INDEX jobs_after ON jobs (after) WHERE after IS NOT NULL AND state IN ('waiting', 'sending', 'unproven');
    CREATE INDEX jobs_sending ON jobs (seq) WHERE state = 'sending';
    CREATE INDEX jobs_dead ON jobs (seq) WHERE state = 'dead';

    CREATE TABLE lanes (
      lane TEXT PRIMARY KEY,
      seq INTEGER NOT NULL REFERENCES jobs (seq),
      urgency INTEGER NOT NULL,
      ready_at INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX lanes_ready ON lanes (urgency, ready_at, seq) WHERE ready_at IS NOT NULL;
    CREATE INDEX lanes_by_job ON lanes (seq);

    CREATE TABLE job_counts (state TEXT PRIMARY KEY, jobs INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO job_counts VALUES ('waiting', 0), ('sending', 0), ('unproven', 0), ('done', 0), ('dead', 0);
    CREATE TRIGGER job_added AFTER INSERT ON jobs BEGIN
      UPDATE job_counts SET jobs = jobs + 1 WHERE state = NEW.state;
    END;
    CREATE TRIGGER job_changed AFTER UPDATE OF state ON jobs WHEN OLD.state <> NEW.state BEGIN
      UPDATE job_counts SET jobs = jobs - 1 WHERE state = OLD.state;
      UPDATE job_counts SET jobs = jobs + 1 WHERE state = NEW.state;
    END;
    CREATE TRIGGER job_removed AFTER DELETE ON jobs BEGIN
      UPDATE job_counts SET jobs = jobs - 1 WHERE state = OLD.state;
    END;
  `,
}
