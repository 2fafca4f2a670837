import { type CelGroup, celGroups } from './cel-groups.ts'
import { readCelRows } from './cel-row.ts'
import { celTimes, lastOffset } from './cel-time.ts'
import type { CelPage } from './cel-walk.ts'
import type { Database, Row } from './database.ts'
import { SchemaUnusable } from './database-error.ts'
import { CEL_NEEDED, CEL_WANTED, type RecordTables } from './record-tables.ts'
import { needsIndex, readColumns, type TableColumns } from './table-columns.ts'

/**
 * Reads the CEL table without ever walking through it: by primary key, or by the indexes of `linkedid` and `uniqueid`. Instants
 * are epoch milliseconds. Everything throws DatabaseUnreachable, DatabaseRefused or SchemaUnusable and nothing else.
 */
export interface CelReader {
  /**
   * Linkedids of all rows written between two instants, page by page; possibly some of the time around. Begins two minutes
   * earlier: a row can become visible after one with a higher id.
   */
  linkedidsBetween(from: number, to: number): AsyncGenerator<readonly string[], void, undefined>
  /**
   * The groups of these linkedids and channels: all their rows, and the rows their channels have under other linkedids, since a
   * transfer or a pickup moves a channel from one to another.
   */
  groupsOf(seeds: CelSeeds): Promise<readonly CelGroup[]>
  /**
   * All rows written between two instants, in the order of their ids, page by page; possibly some of the time around. Undefined when the
   * table has no `id` to walk by.
   */
  rowsBetween(from: number, to: number): Promise<AsyncGenerator<CelPage, void, undefined> | undefined>
  /** Whether anything was ever written. */
  hasRows(): Promise<boolean>
  /** When the last row before an instant was written; undefined when there is none, or no `id` to find it by. */
  newestBefore(at: number): Promise<number | undefined>
}

export interface CelSeeds {
  readonly linkedids?: Iterable<string>
  readonly uniqueids?: Iterable<string>
}

/** Rows become visible when their transaction ends, not in the order of their ids. */
const REREAD_MS = 120_000
/** Read and looked through between two turns of calls: some milliseconds. */
const PAGE_ROWS = 1_000
/** What a thread of its own reads at a time: few questions, and some megabytes. */
const WALK_ROWS = 2_000
/** Enough to meet a channel's beginning, which tells the offset of the clock. */
const PROBE_ROWS = 50
const IDS_PER_QUERY = 500
/** How often a channel's other linkedids are followed; a chain of transfers is shorter. */
const MOST_ROUNDS = 8
/** Where no `id` shows what was written when, calls are found by their birth: none lasts longer. */
const LONGEST_CALL_MS = 6 * 3_600_000
const SLICE_MS = 600_000

export function createCelReader(database: Database, tables: RecordTables): CelReader {
  const { timeZone } = tables
  let known: TableColumns | undefined
  /** As the rows read last had it. */
  let usualOffset: number | undefined

  const columns = async (): Promise<TableColumns> => {
    if (known) return known
    const aliases = tables.columns.cel
    const read = await readColumns(database, {
      table: tables.celTable,
      needed: CEL_NEEDED,
      wanted: CEL_WANTED,
      aliases,
    })
    needsIndex(read, 'linkedid')
    needsIndex(read, 'uniqueid')
    if (read.has.has('id')) needsIndex(read, 'id')
    known = read
    return read
  }

  /** A table that was changed meanwhile is looked at anew by whoever asks next. */
  const select = async (sql: string, values: readonly unknown[]): Promise<readonly Row[]> => {
    try {
      return await database.query(sql, values)
    } catch (error) {
      if (error instanceof SchemaUnusable) known = undefined
      throw error
    }
  }

  const timesOf = (rows: readonly Row[]): readonly (number | undefined)[] => {
    const read = readCelRows(rows)
    usualOffset = lastOffset(read) ?? usualOffset
    return celTimes(read, timeZone, usualOffset)
  }

  /** When the last of these rows was written. */
  const writtenAt = (rows: readonly Row[]): number | undefined =>
    timesOf(rows.slice(-PROBE_ROWS)).findLast((at) => at !== undefined)

  async function* pages(after: number, to: number, size: number): AsyncGenerator<readonly Row[], void, undefined> {
    const { table, list, column } = await columns()
    const id = column('id')
    for (let last = after; ; ) {
      const rows = await select(`SELECT ${list} FROM ${table} WHERE ${id} > ? ORDER BY ${id} LIMIT ${size}`, [last])
      const newest = rows.at(-1)
      if (!newest) return
      yield rows
      last = Number(newest['id'])
      if (rows.length < size || (writtenAt(rows) ?? 0) > to + REREAD_MS) return
    }
  }

  async function* walk(after: number, to: number): AsyncGenerator<CelPage, void, undefined> {
    for await (const rows of pages(after, to, WALK_ROWS)) {
      const at = writtenAt(rows)
      yield { rows, writtenAt: at, usualOffset }
    }
  }

  /** The instant of the first row at or after this id that has one. */
  const instantAt = async (id: number): Promise<number> => {
    const { table, list, column } = await columns()
    const sql = `SELECT ${list} FROM ${table} WHERE ${column('id')} >= ? ORDER BY ${column('id')} LIMIT ${PROBE_ROWS}`
    return timesOf(await select(sql, [id])).find((at) => at !== undefined) ?? Number.POSITIVE_INFINITY
  }

  /** The first id whose row is not older; one more than the last id when all are. */
  const firstIdAt = async (instant: number): Promise<number> => {
    const { table, column } = await columns()
    const id = column('id')
    const [ends] = await select(`SELECT MIN(${id}) AS first, MAX(${id}) AS last FROM ${table}`, [])
    let low = Number(ends?.['first'] ?? 1)
    let high = Number(ends?.['last'] ?? 0) + 1
    // The newest rows first: they tell the offset that ids without an epoch are read by.
    if (high > low) await instantAt(Math.max(low, high - PROBE_ROWS))
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if ((await instantAt(middle)) < instant) low = middle + 1
      else high = middle
    }
    return low
  }

  async function* byBirth(from: number, to: number): AsyncGenerator<readonly string[], void, undefined> {
    const { table, column } = await columns()
    const [uniqueid, linkedid] = [column('uniqueid'), column('linkedid')]
    const prefix = await systemName()
    const edge = (at: number) => `${prefix}${Math.floor(at / 1000)}`
    const sql = `SELECT DISTINCT ${linkedid} AS linkedid FROM ${table} WHERE ${uniqueid} >= ? AND ${uniqueid} < ?`
    for (let at = from - LONGEST_CALL_MS; at < to + SLICE_MS; at += SLICE_MS) {
      const rows = await select(sql, [edge(at), edge(at + SLICE_MS)])
      yield rows.map((row) => String(row['linkedid']))
    }
  }

  /** `pbx-` before the epoch, when Asterisk has a system name. */
  const systemName = async (): Promise<string> => {
    const { table, column } = await columns()
    const rows = await select(`SELECT ${column('uniqueid')} AS uniqueid FROM ${table} LIMIT ${PROBE_ROWS}`, [])
    const plain = rows.map((row) => /^(.*-)?\d{10}\.\d+$/.exec(String(row['uniqueid']))).find((match) => match !== null)
    return plain?.[1] ?? ''
  }

  const rowsWith = async (list: string, name: 'linkedid' | 'uniqueid', values: readonly string[]) => {
    const { table, column } = await columns()
    const found: Row[] = []
    for (let from = 0; from < values.length; from += IDS_PER_QUERY) {
      const some = values.slice(from, from + IDS_PER_QUERY)
      found.push(...(await select(`SELECT ${list} FROM ${table} WHERE ${column(name)} IN (?)`, [some])))
    }
    return found
  }

  return {
    async *linkedidsBetween(from, to) {
      const { has } = await columns()
      if (!has.has('id')) {
        yield* byBirth(from, to)
        return
      }
      const first = await firstIdAt(from - REREAD_MS)
      for await (const rows of pages(first - 1, to, PAGE_ROWS)) {
        yield [...new Set(rows.map((row) => String(row['linkedid'])))].filter((id) => id !== '')
      }
    },
    async rowsBetween(from, to) {
      const { has } = await columns()
      if (!has.has('id')) return undefined
      const first = await firstIdAt(from - REREAD_MS)
      return walk(first - 1, to)
    },
    async groupsOf(seeds) {
      const { list, column } = await columns()
      const rows: Row[] = []
      const read = new Set<string>()
      const followed = new Set<string>()
      let linkedids = [...new Set(seeds.linkedids ?? [])]
      let uniqueids = [...new Set(seeds.uniqueids ?? [])]
      for (let round = 0; round < MOST_ROUNDS && linkedids.length + uniqueids.length > 0; round += 1) {
        for (const id of linkedids) read.add(id)
        const fresh = await rowsWith(list, 'linkedid', linkedids)
        // Not one by one as arguments: a page of calls has more rows than a call may have arguments.
        for (const row of fresh) rows.push(row)
        uniqueids = [...new Set([...uniqueids, ...fresh.map((row) => String(row['uniqueid']))])]
        uniqueids = uniqueids.filter((id) => !followed.has(id))
        for (const id of uniqueids) followed.add(id)
        const others = await rowsWith(`DISTINCT ${column('linkedid')} AS linkedid`, 'uniqueid', uniqueids)
        linkedids = [...new Set(others.map((row) => String(row['linkedid'])))].filter(
          (id) => id !== '' && !read.has(id),
        )
        uniqueids = []
      }
      const ordered = inOrder(rows)
      usualOffset = lastOffset(readCelRows(ordered.slice(-PROBE_ROWS))) ?? usualOffset
      return celGroups(ordered, usualOffset)
    },
    async hasRows() {
      const { table } = await columns()
      return (await select(`SELECT 1 FROM ${table} LIMIT 1`, [])).length > 0
    },
    async newestBefore(at) {
      const { table, list, column, has } = await columns()
      if (!has.has('id')) return undefined
      const id = column('id')
      const first = await firstIdAt(at)
      const sql = `SELECT ${list} FROM ${table} WHERE ${id} < ? ORDER BY ${id} DESC LIMIT ${PROBE_ROWS}`
      const before = timesOf((await select(sql, [first])).toReversed())
      return before.filter((each) => each !== undefined && each < at).at(-1)
    },
  }
}

/** By `id`; where there is none, by time, rows of one instant as the server gave them. */
function inOrder(rows: readonly Row[]): readonly Row[] {
  if (rows[0]?.['id'] !== undefined) return rows.toSorted((a, b) => Number(a['id']) - Number(b['id']))
  return rows.toSorted((a, b) => compare(String(a['eventtime']), String(b['eventtime'])))
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
