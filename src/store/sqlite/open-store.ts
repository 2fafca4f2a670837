import type { Store } from '../ports.ts'
import type { StoreError } from '../store-error.ts'
import { openForReading, prepareFile } from './connection.ts'
import { lockFile } from './file-lock.ts'
import { sqliteCallbackTasks } from './sqlite-callback-tasks.ts'
import { sqliteContactIndex } from './sqlite-contact-index.ts'
import { sqliteDecisions } from './sqlite-decisions.ts'
import { asStoreError } from './sqlite-failure.ts'
import { sqliteJournal } from './sqlite-journal.ts'
import { sqliteLastTalks } from './sqlite-last-talks.ts'
import { sqliteLeadIndex } from './sqlite-lead-index.ts'
import { sqliteLedger } from './sqlite-ledger.ts'
import { sqliteOutbox } from './sqlite-outbox.ts'
import { sqlitePendingCalls } from './sqlite-pending-calls.ts'
import { sqliteReadCallJobs } from './sqlite-read-call-jobs.ts'
import { sqliteRegistered } from './sqlite-registered.ts'
import { sqliteSettings } from './sqlite-settings.ts'
import { sqliteUpkeep } from './sqlite-upkeep.ts'
import { startWriter } from './writer.ts'

export interface StoreOptions {
  /** Path of the database; folders are made. */
  readonly file: string
  /** Epoch milliseconds: when jobs were added. */
  readonly now?: () => number
  /** How long the first write of a group waits for company, milliseconds. */
  readonly lingerMs?: number
  /** The writer died: nothing can be written any more, and only a restart helps. Reads go on. */
  readonly onDied?: (error: StoreError) => void
}

/**
 * The service's own state in one SQLite file. Writes run in a thread of their own and resolve when the disk has them (group commit);
 * reads run here, on a read-only connection, and never wait for a commit. Every method throws StoreError and nothing else.
 * Closing writes what waits.
 * @throws StoreError when the file is in use, damaged, newer, of another program, or cannot be opened.
 */
export async function openStore({ file, now = Date.now, lingerMs = 2, onDied }: StoreOptions): Promise<Store> {
  await using opened = new AsyncDisposableStack()
  try {
    prepareFile(`${file}.lock`)
    opened.adopt(lockFile(file), (unlock) => unlock())
    prepareFile(file)
    const writer = opened.adopt(await startWriter({ file, lingerMs, onDied: (error) => onDied?.(error) }), (started) =>
      started.close(),
    )
    // Closed before the writer, so that the writer is the last to leave and folds the log into the file.
    const reader = opened.adopt(openForReading(file), (db) => db.close())
    const store = {
      journal: sqliteJournal(reader, writer, now),
      outbox: sqliteOutbox(reader, writer, now),
      contactIndex: sqliteContactIndex(reader, writer),
      leads: sqliteLeadIndex(reader, writer),
      callbackTasks: sqliteCallbackTasks(reader, writer),
      decisions: sqliteDecisions(reader, writer),
      lastTalks: sqliteLastTalks(reader),
      pendingCalls: sqlitePendingCalls(reader, writer),
      settings: sqliteSettings(reader, writer),
      readCallJobs: sqliteReadCallJobs(reader, writer),
      registered: sqliteRegistered(reader),
      ledger: sqliteLedger(reader, writer),
      upkeep: sqliteUpkeep(file, writer),
    }
    const closing = opened.move()
    return { ...store, [Symbol.asyncDispose]: () => closing.disposeAsync() }
  } catch (error) {
    throw asStoreError(error)
  }
}
