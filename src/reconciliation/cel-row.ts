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
}

/** Reads table rows and puts them in the order they were written. What is no CEL row is left out. */
export function readCelRows(rows: readonly unknown[]): readonly CelRow[] {
  const read = rows.flatMap((value, index) => {
    if (typeof value !== 'object' || value === null) return []
    const row = { ...value } as Record<string, unknown>
    const parsed = readRow(row)
    const id = Number(row['id'] ?? index)
    return parsed ? [{ id: Number.isFinite(id) ? id : index, parsed }] : []
  })
  return read.toSorted((a, b) => a.id - b.id).map(({ parsed }) => parsed)
}

function readRow(row: Readonly<Record<string, unknown>>): CelRow | undefined {
  const [type, time, channel, uniqueid] = ['eventtype', 'eventtime', 'channame', 'uniqueid'].map((key) =>
    text(row[key]),
  )
  if (!type || !time || !uniqueid || channel === undefined) return undefined
  const extra = row['extra'] ?? row['eventextra']
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
    extra: readExtra(extra),
    hasExtra: 'extra' in row || 'eventextra' in row,
  }
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  return value instanceof Date ? value.toISOString() : ''
}

/** Cut-off JSON (Issabel's column is short) tells nothing. */
function readExtra(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return { ...value }
  if (typeof value !== 'string' || !value.startsWith('{')) return {}
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}
