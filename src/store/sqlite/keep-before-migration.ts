import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { copyDatabase } from './copy-database.ts'

/**
 * Keeps the file as it is beside itself before its format changes (`callweave.db.format-10`), so that the version before can be gone back to.
 * The latest such copy is the one that helps: older ones go.
 */
export function keepBeforeMigration(db: DatabaseSync, file: string, format: number): void {
  const prefix = `${basename(file)}.format-`
  const kept = `${prefix}${format}`
  copyDatabase(db, join(dirname(file), kept))
  for (const name of readdirSync(dirname(file))) {
    if (name.startsWith(prefix) && name !== kept) rmSync(join(dirname(file), name), { force: true })
  }
}
