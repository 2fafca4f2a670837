import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'

/**
 * Copies all of a database as of one moment, compacted, while others go on writing to it: VACUUM INTO holds one read of the log and no lock
 * that a writer in WAL mode meets (https://sqlite.org/lang_vacuum.html#vacuuminto). The copy is checked and on the disk before it gets its
 * name, so that half a copy is never found; an older one of that name is replaced.
 * @returns its size in bytes
 * @throws StoreError `corrupt` when the copy is not sound, and what SQLite throws; nothing is left then
 */
export function copyDatabase(db: DatabaseSync, target: string): number {
  const draft = `${target}.part`
  rmSync(draft, { force: true })
  try {
    db.prepare('VACUUM INTO ?').run(draft)
    chmodSync(draft, 0o600)
    checkCopy(draft)
    toDisk(draft)
    renameSync(draft, target)
    toDisk(dirname(target))
    return statSync(target).size
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

function checkCopy(file: string): void {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const verdict = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0]
    if (verdict !== 'ok') throw new StoreError('corrupt', `The copy ${file} is not sound: ${String(verdict)}`)
  } finally {
    db.close()
  }
}

/** A file's bytes, or a folder's names. */
export function toDisk(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
