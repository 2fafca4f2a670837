import type { DatabaseSync } from 'node:sqlite'
import { failureOf } from './sqlite-failure.ts'

const INCREMENTAL = 2

/**
 * Gives a file of an older Callweave the books it needs to shrink bit by bit. It is written anew for that, once (50 ms for 10 MB); a disk
 * without room for it must not keep the service from starting: emptied pages are then used again, the file only stays as large as it was.
 */
export function makeShrinkable(db: DatabaseSync): void {
  if (pragma(db, 'auto_vacuum') === INCREMENTAL) return
  try {
    db.exec(`PRAGMA auto_vacuum = ${INCREMENTAL}; VACUUM`)
  } catch (error) {
    if (failureOf(error).code !== 'disk-full') throw error
  }
}

/** Gives up to `pages` empty pages back to the disk, inside the transaction its caller has begun. False when there was none. */
export function shrink(db: DatabaseSync, pages: number): boolean {
  if (pragma(db, 'freelist_count') === 0) return false
  db.exec(`PRAGMA incremental_vacuum(${Math.trunc(pages)})`)
  return true
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0])
}
