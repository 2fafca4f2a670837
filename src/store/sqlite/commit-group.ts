import type { DatabaseSync } from 'node:sqlite'
import { type Failure, failureOf, spoilsTransaction } from './sqlite-failure.ts'
import type { Write, Written } from './write.ts'

export type GroupResult = { readonly written: Written } | { readonly failure: Failure }

/**
 * Writes a group in one transaction, one result each, in order. A write that is wrong by itself is undone alone (savepoint);
 * one that meets the disk's end, or a COMMIT that fails, undoes the whole group, and every member is told.
 */
export function commitGroup(
  db: DatabaseSync,
  apply: (write: Write) => Written,
  writes: readonly Write[],
): readonly GroupResult[] {
  try {
    db.exec('BEGIN IMMEDIATE')
    const results = writes.map((write) => applyAlone(db, apply, write))
    db.exec('COMMIT')
    return results
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    const failure = failureOf(error)
    return writes.map(() => ({ failure }))
  }
}

function applyAlone(db: DatabaseSync, apply: (write: Write) => Written, write: Write): GroupResult {
  db.exec('SAVEPOINT one')
  try {
    const written = apply(write)
    db.exec('RELEASE one')
    return { written }
  } catch (error) {
    const failure = failureOf(error)
    if (spoilsTransaction(failure) || !db.isTransaction) throw error
    db.exec('ROLLBACK TO one; RELEASE one')
    return { failure }
  }
}
