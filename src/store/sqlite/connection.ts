import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** How long a statement waits for a foreign lock (a backup, a shell) before it fails. */
const BUSY_TIMEOUT_MS = 2_000
/** Page cache of each connection: memory stays bounded however large the contact index grows. */
const CACHE_KIB = 4_096

/**
 * The only connection that writes. WAL with synchronous=FULL: COMMIT returns when the log is on the disk
 * (https://sqlite.org/pragma.html#pragma_synchronous).
 */
export function openForWriting(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
  // Auto-vacuum only takes effect in a file without tables (an older one is converted once, `shrinkable`): pages that were emptied can then be given back bit by bit.
  db.exec(`
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -${CACHE_KIB};
    PRAGMA journal_size_limit = 16777216;
  `)
  return db
}

/** Reads see the last commit and never wait for the next one. */
export function openForReading(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  db.exec(`PRAGMA cache_size = -${CACHE_KIB}`)
  return db
}

/** Makes folder and file, readable by their owner only: phone numbers and names stand in it. SQLite gives its side files the same mode. */
export function prepareFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // Never opened when it exists: closing any handle of a file frees the POSIX locks this process holds on it.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
  // The name itself must survive losing power, not only what is written under it.
  const folder = openSync(dirname(file), 'r')
  fsyncSync(folder)
  closeSync(folder)
}
