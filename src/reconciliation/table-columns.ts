import type { Database } from './database.ts'
import { SchemaUnusable } from './database-error.ts'

/** What one table offers. */
export interface TableColumns {
  /** Backquoted. */
  readonly table: string
  /** Our names of the columns that are there. */
  readonly has: ReadonlySet<string>
  /** The table's own name of one of ours, backquoted. */
  column(name: string): string
  /** `SELECT` list that gives every column our name. */
  readonly list: string
  /** Our names of the columns that an index begins with. */
  readonly indexed: ReadonlySet<string>
}

export interface WantedColumns {
  readonly table: string
  readonly needed: readonly string[]
  readonly wanted: readonly string[]
  /** Our name → the table's. */
  readonly aliases: Readonly<Record<string, string>>
}

/** @throws SchemaUnusable when a needed column is missing; else what `database.query` throws */
export async function readColumns(database: Database, wanted: WantedColumns): Promise<TableColumns> {
  const { needed, aliases } = wanted
  const table = quoted(wanted.table)
  const own = (name: string) => aliases[name] ?? name
  // Column names mean the same in either case.
  const present = new Set((await database.query(`SHOW COLUMNS FROM ${table}`)).map(({ Field }) => lower(Field)))
  const missing = needed.filter((name) => !present.has(lower(own(name))))
  if (missing.length > 0)
    throw new SchemaUnusable(
      `${wanted.table} has no column ${missing.map(own).join(', ')}`,
      `add ${missing.length === 1 ? 'it' : 'them'} to the table and to Asterisk's mapping, or name what the table has in database.columns`,
    )
  const names = [...needed, ...wanted.wanted].filter((name) => present.has(lower(own(name))))
  const leading = (await database.query(`SHOW INDEX FROM ${table}`))
    .filter(({ Seq_in_index }) => Number(Seq_in_index) === 1)
    .map(({ Column_name }) => lower(Column_name))
  return {
    table,
    has: new Set(names),
    column: (name) => quoted(own(name)),
    list: names.map((name) => `${quoted(own(name))} AS ${quoted(name)}`).join(', '),
    indexed: new Set(names.filter((name) => leading.includes(lower(own(name))))),
  }
}

/** @throws SchemaUnusable: every read by this column would walk through the whole table. */
export function needsIndex(columns: TableColumns, name: string): void {
  if (columns.indexed.has(name)) return
  throw new SchemaUnusable(`${columns.table} has no index on ${columns.column(name)}`, indexCure(columns, name))
}

/** The statement that makes an index. */
export function indexCure({ table, column }: TableColumns, name: string): string {
  return `ALTER TABLE ${table} ADD INDEX (${column(name)})`
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

function lower(name: unknown): string {
  return String(name).toLowerCase()
}
