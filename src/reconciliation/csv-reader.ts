import { type FileHandle, open } from 'node:fs/promises'
import { type CdrReader, readCdrRows } from './cdr-reader.ts'
import { DatabaseUnreachable, SchemaUnusable } from './database-error.ts'

/** What `cdr_csv` writes, in its order; the last two where its configuration says so. */
const COLUMNS = [
  ...['accountcode', 'src', 'dst', 'dcontext', 'clid', 'channel', 'dstchannel', 'lastapp', 'lastdata'],
  ...['calldate', 'answer', 'end', 'duration', 'billsec', 'disposition', 'amaflags', 'uniqueid', 'userfield'],
] as const
/** Records are written when a leg ends, so that one that began earlier may come later; none lasts longer. */
const LONGEST_CALL_MS = 6 * 3_600_000
/** Any zone, and an hour for clocks that are set. */
const ZONE_MS = 15 * 3_600_000
const CHUNK_BYTES = 1_048_576

/**
 * Reads `Master.csv` from its end backwards, no farther than it must: the file grows for years.
 * @param timeZone IANA name; left out: uniqueids tell it, else the machine's own
 */
export function createCsvReader(file: string, timeZone?: string): CdrReader {
  return {
    async startedBetween(from, to) {
      const rows = await tail(file, from - LONGEST_CALL_MS - ZONE_MS)
      const known = rows.some((row) => /^(?:.*-)?\d{10}\.\d+$/.test(row['uniqueid'] ?? ''))
      const zone = timeZone ?? (known ? undefined : Intl.DateTimeFormat().resolvedOptions().timeZone)
      const oldestFirst = rows.toSorted((a, b) => ((a['calldate'] ?? '') < (b['calldate'] ?? '') ? -1 : 1))
      return readCdrRows(oldestFirst, { timeZone: zone })
        .filter(({ startedAt }) => startedAt >= from && startedAt <= to)
        .toSorted((a, b) => a.startedAt - b.startedAt)
    },
  }
}

type CsvRow = Readonly<Record<string, string>>

/** The rows at the end of the file, back to those that ended before an instant (read as if they were UTC). */
async function tail(file: string, since: number): Promise<readonly CsvRow[]> {
  let handle: FileHandle
  try {
    handle = await open(file, 'r')
  } catch (cause) {
    const what = `${file} cannot be read`
    throw new DatabaseUnreachable(what, 'set database.csv, or let the user callweave read it', { cause })
  }
  try {
    const { size } = await handle.stat()
    const chunks: Buffer[] = []
    for (let at = size; at > 0; ) {
      const length = Math.min(CHUNK_BYTES, at)
      at -= length
      const chunk = Buffer.alloc(length)
      await handle.read(chunk, 0, length, at)
      chunks.unshift(chunk)
      if (at > 0 && firstEnd(chunk) < since) break
    }
    // Bytes first: a letter may lie on the border of two chunks.
    return rowsIn(Buffer.concat(chunks).toString(), file)
  } finally {
    await handle.close()
  }
}

/** When the first whole record of a chunk ended; far in the future when it has none. */
function firstEnd(chunk: Buffer): number {
  const text = chunk.toString()
  const line = text.slice(text.indexOf('\n') + 1).split('\n', 1)[0] ?? ''
  const end = Date.parse(`${(cells(line)[11] ?? '').replace(' ', 'T')}Z`)
  return Number.isNaN(end) ? Number.POSITIVE_INFINITY : end
}

/** @throws SchemaUnusable when nothing in the file looks like a record */
function rowsIn(text: string, file: string): readonly CsvRow[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const rows = lines.map(cells).filter((row) => row.length >= 16 && !Number.isNaN(Date.parse(row[9] ?? '')))
  if (lines.length > 1 && rows.length === 0)
    throw new SchemaUnusable(
      `${file} is no Master.csv of Asterisk`,
      'name the file that cdr_csv writes in database.csv',
    )
  return rows.map((row) => {
    const named = Object.fromEntries(COLUMNS.map((name, at) => [name, row[at] ?? '']))
    // A record without an id of its own is known by its channel and its start.
    const uniqueid = named['uniqueid'] || `${named['channel']} ${named['calldate']}`
    return { ...named, uniqueid }
  })
}

/** Every text stands in quotes, and a quote in it is doubled. */
function cells(line: string): readonly string[] {
  const found: string[] = []
  for (const [, quoted, bare] of line.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g)) {
    found.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'))
  }
  return found
}
