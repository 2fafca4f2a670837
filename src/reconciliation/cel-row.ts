/** A row of the CEL table, whatever schema it comes from, with what is read of it. Texts are empty where the row has none. */
export interface CelRow {
  readonly type: string
  /** As the table has it: local time without a zone, whole seconds or fractions. */
  readonly time: string
  readonly channel: string
  readonly uniqueid: string
  readonly linkedid: string
  readonly number: string
  readonly exten: string
  readonly context: string
  readonly app: string
  readonly appData: string
  /** Name of an event the dialplan made itself. */
  readonly userDefined: string
  /** Names of the other channels in the bridge. */
  readonly peer: string
  readonly extra: Readonly<Record<string, unknown>>
  /** The schema has no `extra` at all, so nothing follows from its absence. */
  readonly hasExtra: boolean
  /** Its place in what was read. */
  readonly index: number
}

/** Told why a value is left out, with its place in what was read. */
export type LeftOut = (index: number, reason: string) => void

/** The same under names that other schemas and writers give it: Issabel's table, and the events of the manager interface. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['eventextra', 'extra'],
  ['eventname', 'eventtype'],
  ['channel', 'channame'],
  ['application', 'appname'],
  ['calleridnum', 'cid_num'],
  ['userdefined', 'userdeftype'],
])

/**
 * Reads table rows and puts them in the order they were written: by `id`, and as they stand where there is none. A row that was written
 * twice counts once. What is no CEL row is left out. Names of columns mean the same in either case.
 */
export function readCelRows(rows: readonly unknown[], leftOut: LeftOut = () => undefined): readonly CelRow[] {
  const read = rows.flatMap((value, index) => {
    const row = columnsOf(value)
    const parsed = row && readRow(row, index)
    if (typeof parsed !== 'object') {
      leftOut(index, parsed ?? 'no table row')
      return []
    }
    const id = Number(row?.['id'] || Number.NaN)
    return [{ id: Number.isFinite(id) ? id : undefined, parsed }]
  })
  const withId = read.some(({ id }) => id !== undefined)
  const ordered = withId
    ? read.toSorted((a, b) => (a.id ?? a.parsed.index) - (b.id ?? b.parsed.index))
    : oldestFirst(read)
  return ordered.filter(isNews()).map(({ parsed }) => parsed)
}

/** A table that was exported newest first, without the `id` that would tell. */
function oldestFirst<T extends { readonly parsed: CelRow }>(read: readonly T[]): readonly T[] {
  const [first, last] = [read.at(0)?.parsed.time ?? '', read.at(-1)?.parsed.time ?? '']
  return first > last ? read.toReversed() : read
}

/**
 * Two writers with one table write every row twice, next to each other for each channel. A digit may be dialled twice in one second;
 * nothing else happens twice in a row.
 */
function isNews(): (row: { readonly id: number | undefined; readonly parsed: CelRow }) => boolean {
  const seen = new Set<string>()
  const last = new Map<string, string>()
  return ({ id, parsed }) => {
    const text = JSON.stringify({ ...parsed, index: 0 })
    const again = id !== undefined && seen.has(`${id} ${text}`)
    if (id !== undefined) seen.add(`${id} ${text}`)
    const twice = last.get(parsed.uniqueid) === text
    last.set(parsed.uniqueid, text)
    return !again && (!twice || parsed.type === 'DTMF' || parsed.type.startsWith('STREAM_'))
  }
}

function columnsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const columns = new Map<string, unknown>()
  for (const [name, content] of Object.entries(value)) {
    const key = name.toLowerCase()
    const ours = OTHER_NAMES.get(key)
    if (ours === undefined) columns.set(key, content)
    else if (!columns.has(ours)) columns.set(ours, content)
  }
  return Object.fromEntries(columns)
}

/** A text says what is missing. */
function readRow(row: Readonly<Record<string, unknown>>, index: number): CelRow | string {
  const [type = '', time = '', channel = '', uniqueid = ''] = ['eventtype', 'eventtime', 'channame', 'uniqueid'].map(
    (key) => text(row[key]),
  )
  for (const [name, content] of Object.entries({ eventtype: type, eventtime: time, uniqueid })) {
    if (content === '') return `no ${name}`
  }
  return {
    type: type.toUpperCase(),
    time,
    channel,
    uniqueid,
    linkedid: text(row['linkedid']) || uniqueid,
    number: text(row['cid_num']),
    exten: text(row['exten']),
    context: text(row['context']),
    app: text(row['appname']),
    appData: text(row['appdata']),
    userDefined: text(row['userdeftype']),
    peer: text(row['peer']),
    extra: readExtra(row['extra']),
    hasExtra: 'extra' in row,
    index,
  }
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : ''
}

/** What a short column has cut off is lost, what stands before it is not (Issabel keeps 255 characters). */
const COMPLETE_PAIR = /"(\w+)":(?:"((?:[^"\\]|\\.)*)"|(-?\d+))(?=[,}])/g

function readExtra(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return { ...value }
  if (typeof value !== 'string' || !value.startsWith('{')) return {}
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return Object.fromEntries(
      [...value.matchAll(COMPLETE_PAIR)].map(([, key = '', word, number]) => [key, word ?? number]),
    )
  }
}
