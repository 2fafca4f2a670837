import { join } from 'node:path'
import { type Connection, createConnection } from 'mysql2/promise'
import type { DatabaseAddress } from '../../src/reconciliation/database.ts'
import { type Database, openDatabase } from '../../src/reconciliation/database.ts'
import { ChildProcesses } from '../lab/child-processes.ts'
import { ensureDataTemplate, startMariaDb } from '../lab/maria-db.ts'
import { claimSlot } from '../lab/slot.ts'

/** A MariaDB without a PBX: for tables of every shape. */
export interface RecordsDatabase extends AsyncDisposable {
  readonly address: DatabaseAddress
  /** For whoever writes the tables. */
  readonly writer: Connection
  /** The reader's side; every `SELECT` it makes is explained first, and `scans` has those that walk through a table. */
  readonly database: Database
  readonly scans: string[]
  readonly queries: string[]
}

/** A look at any few rows. */
const sample = /^SELECT \S+ AS uniqueid FROM \S+ LIMIT 50$/

export async function startRecordsDatabase(): Promise<RecordsDatabase> {
  const log = () => undefined
  const template = await ensureDataTemplate({ log, signal: undefined })
  await using parts = new AsyncDisposableStack()
  const slot = parts.use(await claimSlot(undefined, log))
  const access = {
    host: '127.0.0.1',
    port: slot.ports.database,
    user: 'callweave',
    password: 'lab-secret',
    database: 'records',
  }
  const processes = new ChildProcesses(slot.pidDirectory)
  const directory = join(slot.directory, 'mariadb')
  parts.use(await startMariaDb({ template, directory, access, tables: '', processes }))
  const writer = await createConnection({ ...access, multipleStatements: true })
  parts.defer(() => writer.end())
  const { host, port, user, password, database: name } = access
  const address = { host, port, user, password, name }
  const plain = parts.use(openDatabase(address))
  const scans: string[] = []
  const queries: string[] = []
  const database: Database = {
    ...plain,
    async query(sql, values) {
      if (sql.startsWith('SELECT')) {
        queries.push(sql)
        const plan = await plain.query(`EXPLAIN ${sql}`, values)
        const walks = plan.filter(({ type, key }) => type === 'ALL' || (type === 'index' && key === null))
        if (walks.length > 0 && !sample.test(sql)) scans.push(sql)
      }
      return plain.query(sql, values)
    },
  }
  const closing = parts.move()
  return { address, writer, database, scans, queries, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}
