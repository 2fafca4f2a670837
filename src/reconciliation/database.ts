import { connect, type Socket } from 'node:net'
import { createPool, type PoolConnection, type RowDataPacket } from 'mysql2/promise'
import { asDatabaseError, type DatabasePlace } from './database-error.ts'

export type Row = Readonly<Record<string, unknown>>

/** The database of CDR and CEL; it is only ever read. */
export interface Database extends AsyncDisposable {
  readonly place: DatabasePlace
  /**
   * Times come as the text the table has: a driver that made dates of them would shift them by a zone of its own.
   * @throws DatabaseUnreachable, DatabaseRefused, SchemaUnusable and nothing else
   */
  query(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /** Breaks what is under way: who ends does not wait for a slow server. */
  abandon(): void
}

export interface DatabaseAddress extends DatabasePlace {
  readonly password: string
}

export interface DatabaseTiming {
  readonly connectMs: number
  /** A read that takes longer has met a table without its index, or a server in trouble. */
  readonly queryMs: number
}

const usualTiming: DatabaseTiming = { connectMs: 5_000, queryMs: 20_000 }
/** The PBX writes to the same server: we are its guest. */
const CONNECTIONS = 2
const IDLE_MS = 60_000

/** Nothing is connected until the first query. A connection on which anything failed is thrown away. */
export function openDatabase(address: DatabaseAddress, timing: Partial<DatabaseTiming> = {}): Database {
  const { connectMs, queryMs } = { ...usualTiming, ...timing }
  const { host, port, user, password, name } = address
  const place = { host, port, user, name }
  /** The driver's own way to end a connection waits for the answer. */
  const sockets = new Set<Socket>()
  const dial = (): Socket => {
    const socket = connect(port, host).setNoDelay().setKeepAlive(true)
    sockets.add(socket)
    return socket.once('close', () => sockets.delete(socket))
  }
  const abandon = (): void => {
    for (const socket of sockets) socket.destroy(new Error('nobody waits for the answer any more'))
  }
  const pool = createPool({
    stream: dial,
    ...{ host, port, user, password, database: name },
    connectionLimit: CONNECTIONS,
    maxIdle: 1,
    idleTimeout: IDLE_MS,
    connectTimeout: connectMs,
    dateStrings: true,
    supportBigNumbers: true,
    charset: 'utf8mb4',
  })
  const limited = new WeakSet<object>()

  const limit = async (connection: PoolConnection): Promise<void> => {
    if (limited.has(connection.connection)) return
    limited.add(connection.connection)
    // The server stops too when we do not wait any more. MariaDB knows the first, MySQL the second.
    for (const sql of [
      `SET SESSION max_statement_time = ${queryMs / 1000}`,
      `SET SESSION max_execution_time = ${queryMs}`,
    ]) {
      const known = await connection.query({ sql, timeout: queryMs }).then(
        () => true,
        (error: unknown) => notKnown(error),
      )
      if (known) return
    }
  }

  return {
    place,
    async query(sql, values = []) {
      let connection: PoolConnection | undefined
      try {
        connection = await pool.getConnection()
        await limit(connection)
        const [rows] = await connection.query<RowDataPacket[]>({ sql, values: [...values], timeout: queryMs })
        connection.release()
        return rows
      } catch (error) {
        connection?.destroy()
        throw asDatabaseError(error, place)
      }
    },
    abandon,
    [Symbol.asyncDispose]: async () => {
      abandon()
      await pool.end().catch(() => undefined)
    },
  }
}

/** False when the server does not know the variable; anything else is trouble. */
function notKnown(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === 'ER_UNKNOWN_SYSTEM_VARIABLE') return false
  throw error
}
