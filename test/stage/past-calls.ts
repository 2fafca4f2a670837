import { createConnection } from 'mysql2/promise'
import { readRecording } from '../calls/recording.ts'
import type { Database } from '../lab/maria-db.ts'

/** A call that the PBX wrote down and nobody else saw. */
export interface PastCall {
  /** A recorded story (`test/calls/recordings/22-fractions`) whose rows it gets, under ids of its own. */
  readonly story: string
  /** Epoch milliseconds; the second counts. */
  readonly at: number
  /** `+7…` */
  readonly client: string
}

export interface WrittenCall extends PastCall {
  readonly linkedid: string
  /** Ids of all its channels. */
  readonly uniqueids: readonly string[]
}

const COLUMNS = [
  ...[
    'eventtype',
    'eventtime',
    'cid_name',
    'cid_num',
    'cid_ani',
    'cid_rdnis',
    'cid_dnid',
    'exten',
    'context',
    'channame',
  ],
  ...['appname', 'appdata', 'amaflags', 'accountcode', 'uniqueid', 'linkedid', 'peer', 'userdeftype', 'extra'],
] as const
const RECORDED_CLIENT = '9221532327'
const ROWS_AT_ONCE = 1_000

/**
 * Writes CEL rows of calls that never happened, as Asterisk would have.
 * @param zoneMs the PBX's clock on the wall, milliseconds east of UTC
 */
export async function writePastCalls(
  database: Database,
  calls: readonly PastCall[],
  zoneMs: number,
): Promise<readonly WrittenCall[]> {
  const written = calls.map((call) => retold(call, zoneMs))
  await using parts = new AsyncDisposableStack()
  const connection = await createConnection({ ...database })
  parts.defer(() => connection.end())
  const rows = written.flatMap((each) => each.rows)
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await connection.query(`INSERT INTO cel (${COLUMNS.join(', ')}) VALUES ?`, [rows.slice(from, from + ROWS_AT_ONCE)])
  return written.map(({ call }) => call)
}

const stories = new Map<string, readonly Readonly<Record<string, unknown>>[]>()
let made = 0

function retold(call: PastCall, zoneMs: number) {
  const recorded = rowsOf(call.story)
  const born = Number(String(recorded[0]?.['linkedid']).split('.')[0])
  const shift = Math.floor(call.at / 1000) - born
  made += 1
  const number = made
  const idOf = (id: string) =>
    id.replace(
      /\b(\d{10})\.(\d+)\b/g,
      (_, epoch, serial) => `${Number(epoch) + shift}.${Number(serial) + number * 100}`,
    )
  const renamed = (text: string) =>
    idOf(text)
      .replaceAll(RECORDED_CLIENT, call.client.slice(-10))
      // Channels and bridges of different calls have different names.
      .replaceAll(
        /-([0-9a-f]{8})\b(?!-)/g,
        (_, serial: string) => `-${(Number.parseInt(serial, 16) + number * 100).toString(16).padStart(8, '0')}`,
      )
      .replaceAll(
        /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-/g,
        (start) => `${number.toString(16).padStart(8, '0')}${start.slice(8)}`,
      )
  const rows = recorded.map((row) =>
    COLUMNS.map((column) => {
      const value = row[column]
      if (column === 'amaflags') return 3
      if (column === 'eventtime') return moved(String(value), shift * 1000 + zoneMs)
      return value === undefined ? '' : renamed(String(value))
    }),
  )
  const linkedid = idOf(String(recorded[0]?.['linkedid']))
  const uniqueids = [...new Set(recorded.map((row) => idOf(String(row['uniqueid']))))]
  return { rows, call: { ...call, linkedid, uniqueids } satisfies WrittenCall }
}

function rowsOf(story: string) {
  const known = stories.get(story) ?? readRecording({ version: '22-fractions', name: story }).cel
  stories.set(story, known)
  return known
}

function moved(time: string, ms: number): string {
  const [whole = '', fraction = '000000'] = time.split('.')
  const at = Date.parse(`${whole.replace(' ', 'T')}Z`) + ms
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}.${fraction}`
}
