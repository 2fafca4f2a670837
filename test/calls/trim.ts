import type { CelTableRow } from './recording.ts'

/** Two thirds of a stream; the service filters them away. One recording keeps them. */
const FILTERED = new Set(['ChannelVarset', 'ChannelDialplan'])
const UNFILTERED = 'in-recorded'
/** The interpreter reads nothing in these. */
const UNREAD = new Set([
  'DeviceStateChanged',
  'ContactStatusChange',
  'PeerStatusChange',
  'EndpointStateChange',
  'ChannelConnectedLine',
])
/** Fields nobody reads, left out to keep the repository small. */
const UNREAD_FIELDS = new Set(
  'connected accountcode language protocol_id asterisk_id application priority video_mode video_source_id creator cause_txt channels'.split(
    ' ',
  ),
)
const UNREAD_CEL = new Set('cid_name cid_ani cid_rdnis amaflags accountcode userdeftype'.split(' '))
const UNREAD_CDR = new Set('amaflags accountcode peeraccount outbound_cnum outbound_cnam dst_cnam userfield'.split(' '))

/** The messages of a story that are kept, each as Asterisk sent it but for fields nobody reads. @param text one message a line */
export function trimMessages(text: string, story: string): readonly unknown[] {
  const kept = text.split('\n').filter((line) => isKept(line, story === UNFILTERED))
  return kept.map((line) => JSON.parse(line, without(UNREAD_FIELDS)))
}

export const trimCel = (rows: readonly unknown[]): readonly CelTableRow[] => trimRows(rows, UNREAD_CEL)

export const trimCdr = (rows: readonly unknown[]): readonly Readonly<Record<string, unknown>>[] =>
  trimRows(rows, UNREAD_CDR)

const trimRows = (rows: readonly unknown[], unread: ReadonlySet<string>) =>
  rows.map((row) => JSON.parse(JSON.stringify(row), without(unread)))

const without = (names: ReadonlySet<string>) => (key: string, value: unknown) => (names.has(key) ? undefined : value)

function isKept(line: string, unfiltered: boolean): boolean {
  const type = /"type":"(\w+)"/.exec(line)?.[1]
  return type !== undefined && !UNREAD.has(type) && (unfiltered || !FILTERED.has(type))
}
