import { mkdirSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from '../store-error.ts'
import { openForReading } from './connection.ts'
import { copyDatabase } from './copy-database.ts'

/** A copy must never be what fills the disk calls are journalled to. */
const KEEP_FREE_BYTES = 100 * 1024 ** 2

/**
 * Copies the state file, running service or not. Blocks: for a command, or a thread of its own.
 * @returns bytes of the copy
 * @throws StoreError `disk-full` when the copy would leave less than 100 MB; what SQLite throws
 */
export function backupDatabase(file: string, target: string): number {
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
  const { bavail, bsize } = statfsSync(dirname(target))
  if (bavail * bsize < statSync(file).size + KEEP_FREE_BYTES) {
    throw new StoreError('disk-full', `The disk of ${dirname(target)} has no room for a copy of the state`)
  }
  const db = openForReading(file)
  try {
    return copyDatabase(db, target)
  } finally {
    db.close()
  }
}
