import { posix } from 'node:path'
import { type DatabaseSettings, selectRows } from './database.ts'
import { SourceUnavailable } from './errors.ts'
import type { RecordedCall } from './recorded-call.ts'

const PATIENCE_SECONDS = 10
/** Attended transfer leaves five rows (reference lab.md); a call with more than this many linkedids is none. */
const MOST_LINKEDIDS = 20

/**
 * `CDR(recordingfile)` of every row of a call, in order, each once. Old tables have no `linkedid` (reference ari.md 7.1).
 * @param table a name without anything that needs quoting.
 */
export function cdrRecordingFiles(database: DatabaseSettings, table: string) {
  return async ({ linkedids }: Pick<RecordedCall, 'linkedids'>): Promise<readonly string[]> => {
    const ids = linkedids.slice(0, MOST_LINKEDIDS)
    const values = Object.fromEntries(ids.map((id, at) => [`id${at}`, id]))
    const select = (column: string) =>
      `SELECT recordingfile FROM ${table} WHERE ${column} IN (${ids.map((_id, at) => `:id${at}`).join(', ')}) AND recordingfile <> '' ORDER BY calldate, uniqueid`
    try {
      return namesIn(await selectRows(database, select('linkedid'), values, PATIENCE_SECONDS))
    } catch (error) {
      switch (missingColumn(error)) {
        case 'linkedid':
          return namesIn(await selectRows(database, select('uniqueid'), values, PATIENCE_SECONDS))
        case 'recordingfile':
          return []
        default:
          throw error
      }
    }
  }
}

/** The newest recording's name and its call's start, for whoever wants to try one; undefined when there is none. */
export async function newestRecording(database: DatabaseSettings, table: string): Promise<string | undefined> {
  const sql = `SELECT recordingfile FROM ${table} WHERE recordingfile <> '' AND calldate < NOW() - INTERVAL 1 MINUTE ORDER BY calldate DESC LIMIT 1`
  return namesIn(await selectRows(database, sql, {}, PATIENCE_SECONDS))[0]
}

function namesIn(rows: readonly unknown[][]): readonly string[] {
  const names = rows.flatMap(([name]) => (typeof name === 'string' && name !== '' ? [name] : []))
  // A row of each leg: one says the path, another only the name.
  return names.filter((name, at) => names.findIndex((other) => posix.basename(other) === posix.basename(name)) === at)
}

function missingColumn(error: unknown): string | undefined {
  if (!(error instanceof SourceUnavailable) || !(error.cause instanceof Error)) return undefined
  const { cause } = error
  return 'code' in cause && cause.code === 'ER_BAD_FIELD_ERROR'
    ? /column '(?:\w+\.)?(\w+)'/i.exec(cause.message)?.[1]
    : undefined
}
