import { accessSync, constants } from 'node:fs'
import type { Config } from '../../config/schema.ts'
import { type Database, openDatabase } from '../../reconciliation/database.ts'
import { DatabaseError } from '../../reconciliation/database-error.ts'
import { CDR_NEEDED, CDR_WANTED, CEL_NEEDED, CEL_WANTED } from '../../reconciliation/record-tables.ts'
import { indexCure, readColumns, type TableColumns } from '../../reconciliation/table-columns.ts'
import { type Check, type Finding, failure, ok, warning } from './finding.ts'

const SUBJECT = 'CDR and CEL'
const HOUR_MS = 3_600_000
/** A PBX without a call for longer may be on holiday; more often its CEL has stopped. */
const STALE_MS = 7 * 24 * HOUR_MS

/** Can the two tables be read, have they what is needed, and does Asterisk write to them? */
export function databaseCheck(config: Config['database'], now: () => number = Date.now): Check {
  return async () => {
    if (!config) {
      const cure =
        'add the section "database" to the configuration; without it calls that happen while Callweave is down are not found again'
      return [warning(SUBJECT, 'no database is configured', cure)]
    }
    if (!config.password) return csvFindings(config.csv ?? '')
    await using database = openDatabase({ ...config, password: config.password.reveal() }, { queryMs: 5_000 })
    const cdr = await looked(() => cdrFindings(database, config, now()))
    // Whoever is not let in is not let in twice.
    if (cdr.trouble && !(await answers(database))) return cdr.findings
    const cel = await looked(() => celFindings(database, config, now()))
    return [...cdr.findings, ...cel.findings, ...silence(cdr.newest, cel.newest)]
  }
}

/** Without CEL nobody tells transfers, pick-ups and who talked for how long. */
function csvFindings(file: string): readonly Finding[] {
  const cure =
    'let Asterisk write CEL into MariaDB/MySQL and name it in the section "database": CDR alone tells persons and seconds only roughly'
  const noCel = warning(SUBJECT, 'there is no CEL, only CDR in a file', cure)
  try {
    accessSync(file, constants.R_OK)
    return [ok(SUBJECT, `${file} can be read`), noCel]
  } catch {
    return [failure(SUBJECT, `${file} cannot be read`, 'set database.csv, or let the user callweave read it'), noCel]
  }
}

interface Looked {
  readonly findings: readonly Finding[]
  /** The newest time in the table, read as if it were UTC. */
  readonly newest?: number | undefined
  readonly trouble?: boolean
}

/** What cannot be read is a finding too. */
async function looked(look: () => Promise<Looked>): Promise<Looked> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    return { findings: [failure(SUBJECT, error.what, error.cure)], trouble: true }
  }
}

async function answers(database: Database): Promise<boolean> {
  return database.query('SELECT 1').then(
    () => true,
    () => false,
  )
}

type Section = NonNullable<Config['database']>

async function cdrFindings(database: Database, { cdrTable: table, columns }: Section, now: number): Promise<Looked> {
  const read = await readColumns(database, { table, needed: CDR_NEEDED, wanted: CDR_WANTED, aliases: columns.cdr })
  const indexes = indexFindings(table, read, ['calldate'])
  // Where the index is missing, the newest row would be looked for in all of them.
  if (indexes.length > 0) return { findings: indexes }
  const [row] = await database.query(`SELECT MAX(${read.column('calldate')}) AS newest FROM ${read.table}`)
  return freshness(table, row?.['newest'], now)
}

async function celFindings(database: Database, { celTable: table, columns }: Section, now: number): Promise<Looked> {
  const read = await readColumns(database, { table, needed: CEL_NEEDED, wanted: CEL_WANTED, aliases: columns.cel })
  const shape = [...indexFindings(table, read, ['linkedid', 'uniqueid']), ...shapeFindings(table, read)]
  if (!read.indexed.has('id')) return { findings: shape }
  const id = read.column('id')
  const [row] = await database.query(
    `SELECT ${read.column('eventtime')} AS newest FROM ${read.table} ORDER BY ${id} DESC LIMIT 1`,
  )
  const fresh = freshness(table, row?.['newest'], now)
  return { ...fresh, findings: [...fresh.findings, ...shape] }
}

function indexFindings(table: string, read: TableColumns, names: readonly string[]): readonly Finding[] {
  return names
    .filter((name) => !read.indexed.has(name))
    .map((name) =>
      failure(
        SUBJECT,
        `${table} has no index on ${name}; every look would walk through the whole table, so none is taken`,
        indexCure(read, name),
      ),
    )
}

function shapeFindings(table: string, read: TableColumns): readonly Finding[] {
  const findings: Finding[] = []
  if (!read.has.has('id')) {
    const cure = `ALTER TABLE ${read.table} ADD COLUMN id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY`
    findings.push(warning(SUBJECT, `${table} has no column id; what is new in it is found by guessing`, cure))
  } else if (!read.indexed.has('id')) {
    findings.push(failure(SUBJECT, `${table} has no index on id`, indexCure(read, 'id')))
  }
  if (!read.has.has('extra') && !read.has.has('eventextra')) {
    const cure = `ALTER TABLE ${read.table} ADD COLUMN extra VARCHAR(512); hang-up causes and transfers are told there`
    findings.push(warning(SUBJECT, `${table} has no column extra`, cure))
  }
  return findings
}

function freshness(table: string, newest: unknown, now: number): Looked {
  if (newest === null || newest === undefined) {
    const cure =
      'make one call, then look again; if nothing comes, check cdr.conf and cel.conf (enable=yes) and the ODBC connection'
    return { findings: [warning(SUBJECT, `${table} is empty`, cure)] }
  }
  const text = String(newest)
  const at = Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`)
  if (now - at > STALE_MS) {
    const cure = 'if there were calls since, check cdr.conf and cel.conf (enable=yes) and the ODBC connection'
    return { findings: [warning(SUBJECT, `${table} has no row since ${text}`, cure)], newest: at }
  }
  return { findings: [ok(SUBJECT, `${table} is readable, newest row ${text}`)], newest: at }
}

/** Both tables are of one clock: calls that leave CDR but no CEL say that CEL is off. */
function silence(cdr: number | undefined, cel: number | undefined): readonly Finding[] {
  if (cdr === undefined || cel === undefined || cdr - cel < HOUR_MS) return []
  const cure = 'check cel.conf (enable=yes, events=ALL), then: asterisk -rx "module reload cel"'
  return [warning(SUBJECT, 'calls leave rows in CDR but no longer in CEL', cure)]
}
