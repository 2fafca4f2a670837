import type { CallSource } from './call-source.ts'
import { createCdrReader } from './cdr-reader.ts'
import { createCdrSource } from './cdr-source.ts'
import { type CelReader, createCelReader } from './cel-reader.ts'
import { createCelSource } from './cel-source.ts'
import { createCsvReader } from './csv-reader.ts'
import type { Database } from './database.ts'
import { SchemaUnusable } from './database-error.ts'
import type { RecordsPlace } from './records-message.ts'
import type { TellingOptions } from './tell-group.ts'

export interface RecordsSourceDeps {
  readonly place: RecordsPlace
  /** Of a place that is one. */
  readonly database: Database | undefined
  readonly telling: () => TellingOptions
}

/** CEL where the PBX writes it, else CDR. */
export function recordsSource({ place, database, telling }: RecordsSourceDeps): CallSource {
  if (place.kind === 'csv' || !database) {
    const csv = place.kind === 'csv' ? place : { file: '', timeZone: undefined }
    return createCdrSource({ cdr: createCsvReader(csv.file, csv.timeZone), telling })
  }
  const cel = createCelReader(database, place.tables)
  return {
    async *tellings(asked, signal) {
      const source = (await isWritten(cel))
        ? createCelSource({ cel, telling })
        : createCdrSource({ cdr: createCdrReader(database, place.tables), telling })
      yield* source.tellings(asked, signal)
    },
  }
}

/** A table that is missing, or that Asterisk has never written to. */
async function isWritten(cel: CelReader): Promise<boolean> {
  try {
    return await cel.hasRows()
  } catch (error) {
    if (error instanceof SchemaUnusable) return false
    throw error
  }
}
