import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import type { Config } from '../../config/schema.ts'
import { type Check, type Finding, failure, ok, warning } from './finding.ts'

const SUBJECT = 'CDR and CEL'
/** Columns the second witness cannot do without (reference ari.md 7.1). */
const needed = {
  cdr: ['calldate', 'channel', 'dstchannel', 'disposition', 'duration', 'billsec', 'uniqueid'],
  cel: [
    'id',
    'eventtype',
    'eventtime',
    'channame',
    'uniqueid',
    'linkedid',
    'peer',
    'cid_num',
    'exten',
    'context',
    'appname',
  ],
} as const

/** Can the two tables be read, have they what is needed, and does Asterisk write to them? */
export function databaseCheck(database: Config['database']): Check {
  return async () => {
    if (!database) {
      const cure =
        'add the section "database" to the configuration; without it calls that happen while Callweave is down are not found again'
      return [warning(SUBJECT, 'no database is configured', cure)]
    }
    const { host, port, user, name } = database
    let connection: Connection | undefined
    try {
      const password = database.password.reveal()
      connection = await createConnection({ host, port, user, password, database: name, connectTimeout: 5_000 })
      return [
        ...(await tableFindings(connection, database.cdrTable, needed.cdr, 'calldate')),
        ...(await tableFindings(connection, database.celTable, needed.cel, 'eventtime')),
        ...(await extraFinding(connection, database.celTable)),
      ]
    } catch (error) {
      return [connectionTrouble(error, database)]
    } finally {
      await connection?.end().catch(() => undefined)
    }
  }
}

async function tableFindings(
  connection: Connection,
  table: string,
  columns: readonly string[],
  time: string,
): Promise<readonly Finding[]> {
  const present = await columnsOf(connection, table)
  const missing = columns.filter((column) => !present.includes(column))
  if (missing.length > 0) {
    const cure = `add ${missing.length === 1 ? 'it' : 'them'} to the table and to Asterisk's mapping, or name another table in the configuration`
    return [failure(SUBJECT, `${table} has no column ${missing.join(', ')}`, cure)]
  }
  const [rows] = await connection.query<RowDataPacket[]>('SELECT MAX(??) AS newest FROM ??', [time, table])
  const newest: unknown = rows[0]?.['newest']
  if (newest === null || newest === undefined) {
    const cure = `make one call, then look again; if nothing comes, check cdr.conf and cel.conf (enable=yes) and the ODBC connection`
    return [warning(SUBJECT, `${table} is empty`, cure)]
  }
  return [
    ok(SUBJECT, `${table} is readable, newest row ${newest instanceof Date ? newest.toISOString() : String(newest)}`),
  ]
}

async function extraFinding(connection: Connection, table: string): Promise<readonly Finding[]> {
  const present = await columnsOf(connection, table)
  if (present.includes('extra') || present.includes('eventextra')) return []
  const cure = `ALTER TABLE ${table} ADD COLUMN extra VARCHAR(512); hang-up causes and transfers are told there`
  return [warning(SUBJECT, `${table} has no column extra`, cure)]
}

async function columnsOf(connection: Connection, table: string): Promise<readonly string[]> {
  const [rows] = await connection.query<RowDataPacket[]>('SHOW COLUMNS FROM ??', [table])
  return rows.map((row) => String(row['Field']))
}

function connectionTrouble(error: unknown, database: NonNullable<Config['database']>): Finding {
  const { host, port, user, name } = database
  const where = `${host}:${port}`
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ECONNREFUSED':
      return failure(
        SUBJECT,
        `nothing listens at ${where}`,
        'start MariaDB/MySQL, or set database.host and database.port',
      )
    case 'ETIMEDOUT':
      return failure(SUBJECT, `${where} does not answer`, 'open the port in the firewall, or set database.host')
    case 'ENOTFOUND':
      return failure(SUBJECT, `the name ${host} is unknown`, 'set database.host')
    case 'ER_ACCESS_DENIED_ERROR':
      return failure(SUBJECT, `the database refuses ${user}`, 'set database.user and database.password')
    case 'ER_DBACCESS_DENIED_ERROR':
    case 'ER_TABLEACCESS_DENIED_ERROR':
      return failure(SUBJECT, `${user} may not read ${name}`, `GRANT SELECT ON ${name}.* TO '${user}'@'…'`)
    case 'ER_BAD_DB_ERROR':
      return failure(SUBJECT, `there is no database ${name}`, 'set database.name')
    case 'ER_NO_SUCH_TABLE':
      return failure(SUBJECT, `${name} lacks a table`, 'set database.cdrTable and database.celTable')
    default:
      return failure(
        SUBJECT,
        error instanceof Error ? error.message : String(error),
        'check the section "database" of the configuration',
      )
  }
}
