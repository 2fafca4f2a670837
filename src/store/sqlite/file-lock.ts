import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'
import { failureOf } from './sqlite-failure.ts'

/**
 * One process a state file. The lock is an open write transaction on a small database beside it: the kernel frees it with the process,
 * however it dies, and nobody has to guess whether a pid file is stale.
 * @returns a function that frees it.
 * @throws StoreError `in-use` with the other process's id.
 */
export function lockFile(file: string): () => void {
  const db = new DatabaseSync(`${file}.lock`, { timeout: 0 })
  try {
    takeOver(db)
    db.exec('BEGIN IMMEDIATE')
    return () => db.close()
  } catch (error) {
    const holder = failureOf(error).code === 'busy' ? readHolder(db) : undefined
    db.close()
    if (holder === undefined) throw error
    throw new StoreError('in-use', `The state file ${file} is in use by process ${holder}`)
  }
}

/** Readers may look at a database somebody writes, so the holder's id is legible to the one who is refused. */
function takeOver(db: DatabaseSync): void {
  try {
    db.exec(`PRAGMA user_version = ${process.pid}`)
  } catch (error) {
    // A full disk must not keep the service from starting: the lock works without a name on it.
    if (failureOf(error).code !== 'disk-full') throw error
  }
}

function readHolder(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
}
