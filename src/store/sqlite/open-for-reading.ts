import { existsSync } from 'node:fs'
import type { Store } from '../ports.ts'
import { StoreError } from '../store-error.ts'
import { openForReading } from './connection.ts'
import { sqliteContactIndex } from './sqlite-contact-index.ts'
import { sqliteDecisions } from './sqlite-decisions.ts'
import { asStoreError } from './sqlite-failure.ts'
import { sqliteJournal } from './sqlite-journal.ts'
import { sqliteLeadIndex } from './sqlite-lead-index.ts'
import { sqliteLedger } from './sqlite-ledger.ts'
import { sqliteOutbox } from './sqlite-outbox.ts'
import { sqliteSettings } from './sqlite-settings.ts'
import type { Writer } from './writer.ts'

/** What a command may read beside the running service. */
export interface ReadableStore extends Disposable {
  readonly journal: Pick<Store['journal'], 'find'>
  readonly outbox: Pick<Store['outbox'], 'get'>
  readonly decisions: Pick<Store['decisions'], 'of'>
  readonly settings: Pick<Store['settings'], 'get'>
  readonly contactIndex: Pick<Store['contactIndex'], 'lookup'>
  readonly leads: Pick<Store['leads'], 'openLeadsOf'>
  readonly ledger: Pick<Store['ledger'], 'startedBetween' | 'blindBetween'>
}

/**
 * The service's state as it stands, without a lock: the service goes on writing.
 * @throws StoreError when there is none, or it cannot be read by this user or this version.
 */
export function openStoreForReading(file: string): ReadableStore {
  if (!existsSync(file)) {
    throw new StoreError(
      'bad-input',
      `${file}: no such file; the service has not run yet, or another user may not see it`,
    )
  }
  try {
    const db = openForReading(file)
    return {
      journal: sqliteJournal(db, nobodyWrites, Date.now),
      outbox: sqliteOutbox(db, nobodyWrites, Date.now),
      decisions: sqliteDecisions(db, nobodyWrites),
      settings: sqliteSettings(db, nobodyWrites),
      contactIndex: sqliteContactIndex(db, nobodyWrites),
      leads: sqliteLeadIndex(db, nobodyWrites),
      ledger: sqliteLedger(db, nobodyWrites),
      [Symbol.dispose]: () => db.close(),
    }
  } catch (error) {
    throw asStoreError(error)
  }
}

const nobodyWrites: Writer = {
  write: () => Promise.reject(new StoreError('bad-input', 'the state was opened for reading')),
  close: async () => undefined,
}
