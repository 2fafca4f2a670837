import { chownSync, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'
import { openForReading, prepareFile } from './connection.ts'
import { copyDatabase, toDisk } from './copy-database.ts'
import { lockFile } from './file-lock.ts'
import { checkFormat } from './migrate.ts'
import { schema } from './schema.ts'
import { asStoreError } from './sqlite-failure.ts'

/**
 * Puts a copy of the state in the place of the state. What was there is kept beside it. The copy waits for the CRM as it did then; what has been
 * written since stands there already, so all of it counts as late from now on: late calls look for their note before they write one, and make
 * neither leads nor tasks.
 * @returns where the state that was there is now; undefined: there was none
 * @throws StoreError `in-use` while the service runs; `corrupt`, `newer`, `foreign`, `not-openable` when the copy cannot be used: nothing has changed then
 */
export function restoreDatabase(copy: string, file: string, now: number): string | undefined {
  if (!existsSync(copy)) throw new StoreError('not-openable', `${copy}: no such file`)
  prepareFile(`${file}.lock`)
  const unlock = lockFile(file)
  const draft = `${file}.restored`
  try {
    const source = openForReading(copy)
    try {
      if (checkFormat(source, schema.length) === 0)
        throw new StoreError('foreign', `${copy} holds no state of Callweave`)
      copyDatabase(source, draft)
    } finally {
      source.close()
    }
    makeLate(draft)
    toDisk(draft)
    // Root restores what the service is to write to.
    const { uid, gid } = statSync(dirname(file))
    chownSync(draft, uid, gid)
    const kept = existsSync(file) ? `${file}.before-restore-${stamp(now)}` : undefined
    // The log of the old file belongs to it, and would be taken for the new one's.
    if (kept !== undefined)
      for (const part of ['', '-wal', '-shm']) if (existsSync(file + part)) renameSync(file + part, kept + part)
    renameSync(draft, file)
    toDisk(dirname(file))
    return kept
  } catch (error) {
    throw asStoreError(error)
  } finally {
    rmSync(draft, { force: true })
    unlock()
  }
}

function makeLate(file: string): void {
  const db = new DatabaseSync(file)
  try {
    db.exec(`UPDATE jobs SET payload = json_set(payload, '$.call.quietAt', 0)
      WHERE state IN ('waiting', 'sending', 'unproven') AND json_type(payload, '$.call.quietAt') IS NOT NULL`)
  } finally {
    db.close()
  }
}

function stamp(now: number): string {
  return new Date(now).toISOString().slice(0, 19).replaceAll(/[:-]/g, '')
}
