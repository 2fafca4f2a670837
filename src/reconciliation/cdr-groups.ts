import { parseChannelName } from '../calls/channel-name.ts'
import type { CdrRow } from './cdr-reader.ts'

export interface CdrGroup {
  /** The linkedid; where none is kept, the first channel's id. */
  readonly id: string
  readonly rows: readonly CdrRow[]
}

/** Both halves of a Local channel are there at the same time; its counter begins anew with each start of Asterisk. */
const SAME_PAIR_MS = 6 * 3_600_000

/** Puts the rows of one call together: by linkedid; where the record has none, by channel and by the halves of Local channels. */
export function cdrGroups(rows: readonly CdrRow[]): readonly CdrGroup[] {
  const parents = new Map<string, string>()
  const rootOf = (key: string): string => {
    let root = key
    for (let above = parents.get(root); above !== undefined && above !== root; above = parents.get(root)) root = above
    return root
  }
  const join = (key: string, other: string): void => {
    if (rootOf(key) !== rootOf(other)) parents.set(rootOf(other), rootOf(key))
  }
  for (const row of rows) {
    if (row.linkedid !== '') continue
    for (const channel of [row.channel, row.destinationChannel]) {
      const { pair } = parseChannelName(channel)
      if (pair !== undefined) join(keyOf(row), `${pair} ${Math.floor(row.startedAt / SAME_PAIR_MS)}`)
    }
  }
  const groups = Map.groupBy(rows, (row) => rootOf(keyOf(row)))
  return [...groups.values()].map((own) => ({ id: idOf(own), rows: own }))
}

function keyOf({ linkedid, uniqueid, channel }: CdrRow): string {
  return linkedid || uniqueid || channel
}

/** The client's own channel came first; halves of Local channels only carry it on. */
function idOf(rows: readonly CdrRow[]): string {
  const own = rows.find(({ channel }) => parseChannelName(channel).pair === undefined) ?? rows[0]
  return own ? keyOf(own) : ''
}
