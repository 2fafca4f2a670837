import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'

export interface Migration {
  /** 1, 2, 3 … without gaps. */
  readonly number: number
  readonly sql: string
}

/** "Clwv": says whose file this is, for `file(1)` and against a mistyped path. */
const APPLICATION_ID = 0x436c7776

/**
 * Brings a database up to the last of `migrations`, all of them in one transaction: a failure leaves the file as it was.
 * @param keep called before a file that somebody has used is changed, with the format it has; when it throws nothing is changed
 * @throws StoreError `newer` when a later version wrote the file, `foreign` when another program did.
 */
export function migrate(
  db: DatabaseSync,
  migrations: readonly Migration[],
  keep: (format: number) => void = () => undefined,
): void {
  const found = checkFormat(db, migrations.length)
  if (found === migrations.length) return
  if (found > 0) keep(found)

  db.exec('BEGIN IMMEDIATE')
  try {
    for (const migration of migrations.slice(found)) db.exec(migration.sql)
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}; COMMIT`)
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/**
 * @param known the latest format this Callweave knows
 * @returns the file's format; 0 when it is empty
 * @throws StoreError `newer`, `foreign`
 */
export function checkFormat(db: DatabaseSync, known: number): number {
  const found = pragma(db, 'user_version')
  const owner = pragma(db, 'application_id')
  if (owner !== APPLICATION_ID && (owner !== 0 || hasTables(db))) {
    throw new StoreError('foreign', 'The state file is a database of another program')
  }
  if (found > known) throw new StoreError('newer', `The state file has format ${found}, this Callweave knows ${known}`)
  return found
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0])
}

function hasTables(db: DatabaseSync): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined
}
