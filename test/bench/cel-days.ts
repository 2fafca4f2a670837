import { Readable } from 'node:stream'
import { createConnection } from 'mysql2/promise'
import type { DatabaseAddress } from '../../src/reconciliation/database.ts'
import { readRecording, recordedStories } from '../calls/recording.ts'

/** Recorded calls, said again and again with ids and times of their own. */
export interface CelDays {
  readonly calls: number
  readonly rows: number
  /** Epoch milliseconds of the first call's start and of the last one's. */
  readonly from: number
  readonly to: number
  readonly loadSeconds: number
}

const COLUMNS = [
  ...['eventtype', 'eventtime', 'cid_num', 'cid_dnid', 'exten', 'context', 'channame', 'appname', 'appdata'],
  ...['uniqueid', 'linkedid', 'peer', 'userdeftype', 'extra'],
] as const
const EMPTY = ['cid_name', 'cid_ani', 'cid_rdnis', 'accountcode'] as const
/** No channel of a story has a higher number. */
const COUNTERS_PER_CALL = 200
/** The driver wants bytes, and not a packet a row. */
const CHUNK = 65_536
const START = Date.UTC(2026, 9, 5, 0) / 1000
const CLIENT = /79221532327/g
const ID = /\b(\d{10})\.(\d+)\b/g

interface Shape {
  /** Cells of each row, and how long after the call's first one it was written, milliseconds. */
  readonly rows: readonly { readonly text: string; readonly after: number }[]
  readonly second: number
}

/** Loads so many calls into the table `cel`, evenly over their days, `perDay` a day. The table is emptied before. */
export async function loadCelDays(address: DatabaseAddress, calls: number, perDay: number): Promise<CelDays> {
  const shapes = recordedStories()
    .filter(({ version }) => version === '22-fractions')
    .map(({ name }) => shapeOf(name))
    .filter((shape) => shape !== undefined)
  const { host, port, user, password, name } = address
  const connection = await createConnection({ host, port, user, password, database: name })
  const began = performance.now()
  try {
    await connection.query('TRUNCATE TABLE cel')
    await connection.query('SET unique_checks = 0, foreign_key_checks = 0')
    let rows = 0
    let chunk = ''
    const lines = Readable.from(
      (function* () {
        for (const text of inOrder(shapes, calls, 86_400_000 / perDay)) {
          rows += 1
          chunk += text
          if (chunk.length < CHUNK) continue
          yield Buffer.from(chunk)
          chunk = ''
        }
        yield Buffer.from(chunk)
      })(),
    )
    await connection.query({
      sql: `LOAD DATA LOCAL INFILE 'rows' INTO TABLE cel FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n'
        (${COLUMNS.join(', ')}) SET ${EMPTY.map((column) => `${column} = ''`).join(', ')}, amaflags = 3`,
      infileStreamFactory: () => lines,
    })
    const to = START * 1000 + (calls - 1) * (86_400_000 / perDay)
    return { calls, rows, from: START * 1000, to, loadSeconds: (performance.now() - began) / 1000 }
  } finally {
    await connection.end()
  }
}

function shapeOf(name: string): Shape | undefined {
  const { cel, experienced } = readRecording({ version: '22-fractions', name })
  // A channel id that somebody chose would be said again with every call; and some stories are several calls.
  const [first] = cel
  const id = /^(\d{10})\.\d+$/.exec(String(first?.['linkedid'] ?? ''))
  if (!first || !id || experienced.length !== 1 || cel.some((row) => !/^\d{10}\.\d+$/.test(String(row['uniqueid']))))
    return undefined
  const began = Date.parse(`${first.eventtime.replace(' ', 'T').slice(0, 23)}Z`)
  const lowest = Math.min(
    ...cel.flatMap((row) => /^\d{10}\.(\d+)$/.exec(String(row['uniqueid']))?.[1] ?? []).map(Number),
  )
  const rows = cel.map((row) => {
    const cells = COLUMNS.map((column) => (column === 'eventtime' ? '{time}' : escaped(String(row[column] ?? ''))))
    const text = cells.join('\t').replace(ID, (_, second, counter) => `${second}.${Number(counter) - lowest}`)
    return { text: `${text}\n`, after: Date.parse(`${row.eventtime.replace(' ', 'T').slice(0, 23)}Z`) - began }
  })
  return { rows, second: Number(id[1]) }
}

function escaped(cell: string): string {
  return cell.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')
}

/** Lines in the order in which Asterisk would have written them. */
function* inOrder(shapes: readonly Shape[], calls: number, everyMs: number): Generator<string> {
  let waiting: { at: number; line: string }[] = []
  for (let call = 0; call < calls; call += 1) {
    const shape = shapes[call % shapes.length]
    if (!shape) return
    const at = START * 1000 + call * everyMs
    const number = `79${String(100_000_000 + call).slice(-9)}`
    const [shift, base] = [Math.floor(at / 1000) - shape.second, call * COUNTERS_PER_CALL]
    for (const { text, after } of shape.rows) {
      const line = text
        .replace('{time}', new Date(at + after).toISOString().slice(0, 23).replace('T', ' '))
        .replace(ID, (_, second, counter) => `${Number(second) + shift}.${Number(counter) + base}`)
        .replace(CLIENT, number)
      waiting.push({ at: at + after, line })
    }
    if (call % 200 !== 199) continue
    const due = waiting.filter((one) => one.at < at).toSorted((a, b) => a.at - b.at)
    waiting = waiting.filter((one) => one.at >= at)
    for (const { line } of due) yield line
  }
  for (const { line } of waiting.toSorted((a, b) => a.at - b.at)) yield line
}
