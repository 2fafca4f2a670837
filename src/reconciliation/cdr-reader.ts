import type { Database } from './database.ts'
import { CDR_NEEDED, CDR_WANTED, type RecordTables } from './record-tables.ts'
import { needsIndex, readColumns, type TableColumns } from './table-columns.ts'

/** One row of the CDR table with what is read of it. A call may have several. */
export interface CdrRow {
  /** When its channel was born, epoch milliseconds. */
  readonly startedAt: number
  readonly uniqueid: string
  /** Empty where the table does not keep it. */
  readonly linkedid: string
  readonly source: string
  readonly destination: string
  readonly channel: string
  readonly destinationChannel: string
  readonly disposition: string
  readonly durationSeconds: number
  readonly billableSeconds: number
  readonly did: string
  readonly recording: string
  readonly lastApp: string
  readonly lastData: string
}

/** Reads the CDR table by the index of its start times. Throws as `Database.query` does. */
export interface CdrReader {
  /** Rows of calls that began between two instants (epoch milliseconds), oldest first. */
  startedBetween(from: number, to: number): Promise<readonly CdrRow[]>
}

const HOUR_MS = 3_600_000
/** Zones differ from UTC by multiples of this. */
const STEP_MS = 15 * 60_000
/** No zone is farther from UTC; read so much more when nothing tells the zone. */
const FARTHEST_MS = 14 * HOUR_MS
/** So many rows agree on the offset of the clock. */
const NEIGHBOURS = 50

export function createCdrReader(database: Database, tables: RecordTables): CdrReader {
  const { timeZone } = tables
  const columns = async (): Promise<TableColumns> => {
    const aliases = tables.columns.cdr
    const read = await readColumns(database, {
      table: tables.cdrTable,
      needed: CDR_NEEDED,
      wanted: CDR_WANTED,
      aliases,
    })
    needsIndex(read, 'calldate')
    return read
  }

  return {
    async startedBetween(from, to) {
      const { table, list, column } = await columns()
      const calldate = column('calldate')
      const [end] = await database.query(`SELECT MAX(${calldate}) AS calldate FROM ${table}`)
      if (!end || Number.isNaN(localMs(end['calldate']))) return []
      const newest = await database.query(`SELECT ${list} FROM ${table} WHERE ${calldate} > ? LIMIT ${NEIGHBOURS}`, [
        localText(localMs(end['calldate']) - HOUR_MS),
      ])
      const usual = commonest(newest.map(offsetOf))
      // An hour more: the clocks may have been set in between.
      const margin = usual === undefined ? FARTHEST_MS : HOUR_MS
      const rows = await database.query(
        `SELECT ${list} FROM ${table} WHERE ${calldate} BETWEEN ? AND ? ORDER BY ${calldate}`,
        [localText(from + (usual ?? 0) - margin), localText(to + (usual ?? 0) + margin)],
      )
      return readCdrRows(rows, { usualOffset: usual, timeZone })
        .filter(({ startedAt }) => startedAt >= from && startedAt <= to)
        .toSorted((a, b) => a.startedAt - b.startedAt)
    },
  }
}

export interface CdrTimes {
  /** Milliseconds east of UTC, where no uniqueid tells. */
  readonly usualOffset?: number | undefined
  /** IANA name; left out: worked out from the rows. */
  readonly timeZone?: string | undefined
}

/** Rows of the table with the instants their uniqueids tell. @param rows in the order of their times */
export function readCdrRows(rows: readonly Row[], { usualOffset, timeZone }: CdrTimes): readonly CdrRow[] {
  const offsets = rows.map(offsetOf)
  const offsetAround = (index: number): number => {
    const near = offsets.slice(Math.max(0, index - NEIGHBOURS / 2), index + NEIGHBOURS / 2)
    return commonest(near) ?? usualOffset ?? 0
  }
  return rows.map((row, index) => readRow(row, offsetAround(index), timeZone))
}

type Row = Readonly<Record<string, unknown>>

function readRow(row: Row, usualOffset: number, timeZone: string | undefined): CdrRow {
  const local = localMs(row['calldate'])
  const zoned = timeZone === undefined ? usualOffset : zoneOffset(local - usualOffset, timeZone)
  return {
    startedAt: local - zoned,
    uniqueid: text(row['uniqueid']),
    linkedid: text(row['linkedid']),
    source: text(row['src']),
    destination: text(row['dst']),
    channel: text(row['channel']),
    destinationChannel: text(row['dstchannel']),
    disposition: text(row['disposition']).toUpperCase(),
    durationSeconds: Number(row['duration'] ?? 0),
    billableSeconds: Number(row['billsec'] ?? 0),
    did: text(row['did']),
    recording: text(row['recordingfile']),
    lastApp: text(row['lastapp']),
    lastData: text(row['lastdata']),
  }
}

/**
 * A plain uniqueid holds the epoch second its channel was born in; `calldate` is the same second on the PBX's clock. A channel's
 * later rows begin when it is long born: only what most rows around say is believed.
 */
function offsetOf(row: Row): number | undefined {
  const match = /^(?:.*-)?(\d{10})\.\d+$/.exec(text(row['uniqueid']))
  const local = localMs(row['calldate'])
  if (!match || Number.isNaN(local)) return undefined
  return Math.round((local - Number(match[1]) * 1000) / STEP_MS) * STEP_MS
}

function commonest(offsets: readonly (number | undefined)[]): number | undefined {
  const counts = new Map<number, number>()
  for (const offset of offsets) if (offset !== undefined) counts.set(offset, (counts.get(offset) ?? 0) + 1)
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0]
}

/** The text read as if it were UTC. */
function localMs(value: unknown): number {
  return Date.parse(`${text(value).slice(0, 19).replace(' ', 'T')}Z`)
}

function localText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

function zoneOffset(instant: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  return localMs(format.format(instant)) - Math.floor(instant / 1000) * 1000
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
