import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { SourceUnavailable } from './errors.ts'

export interface DatabaseSettings {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly name: string
}

const CONNECT_MS = 5_000

/**
 * Runs one prepared SELECT that may only read, and gives its rows as lists of columns. Listeners are few: a connection each is kept by nobody.
 * @param seconds how long it may take, there and here.
 * @throws SourceUnavailable for a database that cannot be asked; its own error otherwise as the cause.
 */
export async function selectRows(
  { host, port, user, password, name }: DatabaseSettings,
  sql: string,
  values: Readonly<Record<string, string>>,
  seconds: number,
): Promise<readonly unknown[][]> {
  let connection: Connection | undefined
  try {
    connection = await createConnection({
      host,
      port,
      user,
      password,
      database: name,
      connectTimeout: CONNECT_MS,
      namedPlaceholders: true,
    })
    await connection.query('SET SESSION TRANSACTION READ ONLY')
    // The server stops too when we do not wait any more. MariaDB knows the first, MySQL the second.
    const limits = [`max_statement_time = ${seconds}`, `max_execution_time = ${Math.ceil(seconds * 1000)}`]
    for (const limit of limits) await connection.query(`SET SESSION ${limit}`).catch(() => undefined)
    const [rows] = await connection.execute<RowDataPacket[][]>(
      { sql, timeout: seconds * 1000, rowsAsArray: true },
      { ...values },
    )
    return rows
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new SourceUnavailable(`the database ${name} on ${host} cannot be asked for recordings (${code})`, { cause })
  } finally {
    connection?.destroy()
  }
}
