import type { CelGroup } from './cel-groups.ts'
import type { Row } from './database.ts'

/** Rows of the table in the order of their ids, and when the last of them was written. */
export interface CelPage {
  readonly rows: readonly Row[]
  /** Epoch milliseconds; undefined when no row tells a time. */
  readonly writtenAt: number | undefined
  /** Milliseconds east of UTC that held around these rows. */
  readonly usualOffset: number | undefined
}

/** Puts the rows of a walk together while it goes on; memory holds the calls that are open, not the walk. */
export interface CelWalk {
  /** Groups that nothing more is written of. */
  take(page: CelPage): readonly CelGroup[]
  /** Linkedids of groups whose beginning was before the walk, or whose end is after it: they must be asked for by name. */
  rest(): readonly string[]
}

/** So long after its last channel's end nothing more is written of a group. */
const QUIET_MS = 60_000

interface Growing {
  readonly linkedids: Set<string>
  readonly channels: Set<string>
  readonly rows: Row[]
  /** Channels that have begun and not ended. */
  readonly open: Set<string>
  /** A channel of it was there before the walk. */
  isTorn: boolean
  /** When the page of its last row was written. */
  touchedAt: number
}

export function createCelWalk(): CelWalk {
  const byLinkedid = new Map<string, Growing>()
  const byChannel = new Map<string, Growing>()
  /** In the order in which they were touched last. */
  const growing = new Set<Growing>()
  const torn: string[] = []

  const begin = (): Growing => ({
    ...{ linkedids: new Set<string>(), channels: new Set<string>(), rows: [], open: new Set<string>() },
    ...{ isTorn: false, touchedAt: 0 },
  })

  const groupOf = (linkedid: string, channel: string): Growing => {
    const one = byLinkedid.get(linkedid)
    const other = byChannel.get(channel)
    if (one && other && one !== other) return merged(one, other)
    return one ?? other ?? begin()
  }

  const merged = (one: Growing, other: Growing): Growing => {
    const [big, small] = one.rows.length >= other.rows.length ? [one, other] : [other, one]
    for (const row of small.rows) big.rows.push(row)
    for (const channel of small.open) big.open.add(channel)
    for (const channel of small.channels) {
      big.channels.add(channel)
      byChannel.set(channel, big)
    }
    for (const linkedid of small.linkedids) {
      big.linkedids.add(linkedid)
      byLinkedid.set(linkedid, big)
    }
    big.isTorn ||= small.isTorn
    growing.delete(small)
    return big
  }

  const forget = (group: Growing): void => {
    growing.delete(group)
    for (const linkedid of group.linkedids) byLinkedid.delete(linkedid)
    for (const channel of group.channels) byChannel.delete(channel)
  }

  const add = (row: Row, at: number): void => {
    const [linkedid, channel, type] = [text(row['linkedid']), text(row['uniqueid']), text(row['eventtype'])]
    const group = groupOf(linkedid, channel)
    if (type === 'CHAN_START') group.open.add(channel)
    else if (!group.channels.has(channel)) group.isTorn = true
    if (type === 'CHAN_END') group.open.delete(channel)
    group.rows.push(row)
    if (linkedid !== '') {
      group.linkedids.add(linkedid)
      byLinkedid.set(linkedid, group)
    }
    group.channels.add(channel)
    byChannel.set(channel, group)
    group.touchedAt = at
    growing.delete(group)
    growing.add(group)
  }

  return {
    take({ rows, writtenAt, usualOffset }) {
      const at = writtenAt ?? 0
      for (const row of rows) add(row, at)
      const complete: CelGroup[] = []
      for (const group of growing) {
        // Whatever comes after it was touched later.
        if (group.touchedAt > at - QUIET_MS) break
        if (group.open.size > 0) continue
        forget(group)
        if (group.isTorn) torn.push(...group.linkedids)
        else complete.push({ linkedids: group.linkedids, rows: inOrder(group.rows), usualOffset })
      }
      return complete
    },
    rest: () => [...new Set([...torn, ...[...growing].flatMap(({ linkedids }) => [...linkedids])])],
  }
}

/** Groups that became one have their rows behind each other. */
function inOrder(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => Number(a['id']) - Number(b['id']))
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
