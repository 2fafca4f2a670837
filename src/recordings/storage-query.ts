import { type DatabaseSettings, selectRows } from './database.ts'
import type { RecordedCall } from './recorded-call.ts'

export interface StorageQuerySettings extends DatabaseSettings {
  /** The customer's own SELECT. */
  readonly sql: string
  readonly seconds: number
}

/**
 * Asks a customer's storage where a call's recording is: an address or a path. Values are bound by the database itself, never put into the text.
 * @throws SourceUnavailable
 */
export function storageQuery({ sql, seconds, ...database }: StorageQuerySettings) {
  return async ({ id, client, line }: RecordedCall): Promise<string | undefined> => {
    // `#2` is ours: databases know the call by its linkedid.
    const linkedid = id.replace(/#\d+$/, '')
    const rows = await selectRows(database, sql, { id, linkedid, uniqueid: linkedid, client, line }, seconds)
    const found = rows[0]?.[0]
    return typeof found === 'string' && found !== '' ? found : undefined
  }
}
