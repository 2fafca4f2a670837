import type { Config } from '../config/schema.ts'
import { type Database, openDatabase } from '../reconciliation/database.ts'
import { CDR_NEEDED } from '../reconciliation/record-tables.ts'
import { readColumns } from '../reconciliation/table-columns.ts'
import { SourceUnavailable } from '../recordings/errors.ts'
import type { RecordedCall } from '../recordings/recorded-call.ts'

export interface CdrRecordings extends AsyncDisposable {
  /** `CDR(recordingfile)` of every row of a call, oldest first, each once. @throws SourceUnavailable */
  filesOf(call: Pick<RecordedCall, 'linkedids'>): Promise<readonly string[]>
  /** Names of the newest recordings, for whoever wants to try one. @throws SourceUnavailable */
  newest(): Promise<readonly string[]>
}

/** A call's rows end with its last leg; the newest of all may still be written to. */
const NEWEST = 20

/** Reads names of recordings from the CDR table, by its indexes only. Without a database there are none. */
export function cdrRecordings(settings: Config['database']): CdrRecordings {
  if (!settings?.password)
    return { filesOf: async () => [], newest: async () => [], [Symbol.asyncDispose]: async () => undefined }
  const { host, port, user, name, cdrTable, columns } = settings
  const database = openDatabase({ host, port, user, name, password: settings.password.reveal() })
  const wanted = ['linkedid', 'recordingfile']
  const tableOf = () => readColumns(database, { table: cdrTable, needed: CDR_NEEDED, wanted, aliases: columns.cdr })

  return {
    filesOf: ({ linkedids }) =>
      saying(async () => {
        const { table, has, column, indexed } = await tableOf()
        const by = ['linkedid', 'uniqueid'].find((one) => indexed.has(one))
        if (!has.has('recordingfile') || by === undefined || linkedids.length === 0) return []
        const file = column('recordingfile')
        const sql = `SELECT ${file} AS file FROM ${table} WHERE ${column(by)} IN (?) AND ${file} <> '' ORDER BY ${column('calldate')}, ${column('uniqueid')}`
        return namesIn(await database.query(sql, [linkedids]))
      }),
    newest: () =>
      saying(async () => {
        const { table, has, column, indexed } = await tableOf()
        if (!has.has('recordingfile') || !indexed.has('calldate')) return []
        const file = column('recordingfile')
        return namesIn(
          await database.query(
            `SELECT ${file} AS file FROM ${table} WHERE ${file} <> '' ORDER BY ${column('calldate')} DESC LIMIT ${NEWEST}`,
          ),
        )
      }),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

/** A leg's row each: the same file in several. */
function namesIn(rows: Awaited<ReturnType<Database['query']>>): readonly string[] {
  return [...new Set(rows.map(({ file }) => String(file)))]
}

async function saying<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    throw new SourceUnavailable(
      `recordings cannot be asked for: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    )
  }
}
