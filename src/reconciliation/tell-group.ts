import type { Call } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { type CallTrackerOptions, createCallTracker } from '../calls/call-tracker.ts'
import type { CelGroup } from './cel-groups.ts'
import { decodeCel } from './decode-cel.ts'

/** What CEL makes of one group of channels. */
export interface ToldGroup {
  /** Calls that have ended, with the events they were folded from. */
  readonly calls: readonly ToldCall[]
  /** Channels whose end no row tells: they live, or the end was never written. */
  readonly open: number
  /** The table keeps no fractions of a second. */
  readonly wholeSeconds: boolean
  /** When the newest row was written, epoch milliseconds; undefined when no row has a time. */
  readonly newestAt: number | undefined
  /** When each row was written, epoch milliseconds; those that have no time are missing. */
  readonly writtenAt: readonly number[]
}

export interface ToldCall {
  readonly call: Call
  readonly events: readonly CallEvent[]
}

export interface TellingOptions extends Pick<CallTrackerOptions, 'staff' | 'trunks' | 'country'> {
  /** IANA name of the table's zone; left out: worked out from the rows. */
  readonly timeZone?: string | undefined
  /** Hears of each row that cannot be read, every time its group is told. */
  readonly leftOut?: (row: unknown, reason: string) => void
}

/** Longer than a call needs to settle. */
const AFTER_THE_END_MS = 10_000

/**
 * Folds a group as the live events would have been.
 * @param cutAt epoch milliseconds: whatever is open then died with its Asterisk, and no row will ever tell. Calls cut so are marked `reconstructed`.
 */
export function tellGroup(
  group: CelGroup,
  { timeZone, leftOut, ...options }: TellingOptions,
  cutAt?: number,
): ToldGroup {
  const decoded = decodeCel(group.rows, {
    timeZone,
    usualOffset: group.usualOffset,
    leftOut: (index, reason) => leftOut?.(group.rows[index], reason),
  })
  const newestAt = decoded.reduce((latest, { at }) => Math.max(latest, at), Number.NEGATIVE_INFINITY)
  if (newestAt === Number.NEGATIVE_INFINITY)
    return { calls: [], open: 0, wholeSeconds: true, newestAt: undefined, writtenAt: [] }
  const wholeSeconds = decoded.every(({ at }) => at % 1000 === 0)
  const writtenAt = decoded.map(({ at }) => at)
  const tracker = createCallTracker({ ...options, evidence: 'cel' })
  const calls: ToldCall[] = []
  const take = (event: CallEvent): void => {
    for (const phase of tracker.take(event)) {
      if (phase.kind === 'ended') calls.push({ call: phase.call, events: tracker.events(phase.call.id) })
    }
  }
  for (const event of decoded) take(event)
  const open = openChannels(decoded)
  const settled = (cutAt ?? newestAt) + AFTER_THE_END_MS
  if (cutAt === undefined || open === 0) {
    take({ kind: 'clock', at: settled })
    return { calls, open, wholeSeconds, newestAt, writtenAt }
  }
  const before = calls.length
  take({ kind: 'pbx-restarted', at: cutAt })
  take({ kind: 'clock', at: settled })
  const cut = calls
    .slice(before)
    .map(({ call, events }) => ({ call: { ...call, evidence: 'reconstructed' as const }, events }))
  return { calls: [...calls.slice(0, before), ...cut], open, wholeSeconds, newestAt, writtenAt }
}

function openChannels(events: readonly CallEvent[]): number {
  const open = new Set<string>()
  const gone = new Set<string>()
  for (const event of events) {
    if (!('channel' in event)) continue
    if (event.kind === 'channel-gone') gone.add(event.channel.id)
    else open.add(event.channel.id)
  }
  return open.difference(gone).size
}
