import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Call } from '../calls/call.ts'
import type { CelGroup } from './cel-groups.ts'
import type { CelReader } from './cel-reader.ts'
import { overlap } from './same-call.ts'
import { type TellingOptions, type ToldGroup, tellGroup } from './tell-group.ts'

/** A time in which nobody listened, epoch milliseconds of Asterisk's clock. */
export interface Gap {
  readonly from: number
  readonly to: number
  /** Linkedids of calls that were live when it began: Asterisk may have died with them and written nothing more. */
  readonly linkedids: readonly string[]
}

export interface CatchUpDeps {
  readonly cel: Pick<CelReader, 'linkedidsBetween' | 'groupsOf' | 'newestBefore'>
  readonly telling: TellingOptions
  /** Brings a call into the journal, which knows what it has already. Resolves with whether the disk has it. */
  readonly register: (call: Call, events: readonly unknown[]) => Promise<boolean>
  /** Calls that somebody else tells: live ones, and those that wait for the second witness. */
  readonly others: () => readonly Call[]
  /** Asterisk's clock. */
  readonly asteriskNow: () => number
  readonly asteriskStartedAt: () => number | undefined
  readonly timing: CatchUpTiming
}

export interface CatchUpTiming {
  /** Calls whose group had a row less than this ago are left alone: live may not be done with them. */
  readonly leaveAloneMs: number
  /** So long after the gap a channel that is not live and has no end in CEL is taken for gone: its end was never written. */
  readonly patienceMs: number
}

/** Design section 3. */
export const catchUpTiming: CatchUpTiming = { leaveAloneMs: 300_000, patienceMs: 600_000 }

export interface CatchUpResult {
  readonly groups: number
  /** Calls of the gap that the journal has now; most of them it had before. */
  readonly told: number
  /** Groups that could not be told yet: too fresh, or still open. Call again. */
  readonly left: number
}

const GROUPS_AT_ONCE = 50

/**
 * One pass over a gap: tells every call that had to do with it and ended, unless somebody else tells it. Safe to repeat and to interrupt: the journal's
 * row is the lock. Calls that ended before the gap, or began after it, are not its business.
 * @throws DatabaseError when CEL cannot be read; what was told by then stays told
 */
export async function catchUp(gap: Gap, deps: CatchUpDeps, signal?: AbortSignal): Promise<CatchUpResult> {
  const seen = new Set<string>()
  const total = { groups: 0, told: 0, left: 0 }
  const tellAll = async (linkedids: readonly string[]): Promise<void> => {
    const fresh = linkedids.filter((id) => !seen.has(id))
    for (let from = 0; from < fresh.length; from += GROUPS_AT_ONCE) {
      signal?.throwIfAborted()
      const groups = await deps.cel.groupsOf({ linkedids: fresh.slice(from, from + GROUPS_AT_ONCE) })
      const others = deps.others()
      for (const group of groups) {
        if ([...group.linkedids].some((id) => seen.has(id))) continue
        for (const id of group.linkedids) seen.add(id)
        // Calls of the moment go first.
        await nextTurn()
        const { told, left } = await tell(group, gap, deps, others)
        total.groups += 1
        total.told += told
        total.left += left ? 1 : 0
      }
    }
  }
  await tellAll(gap.linkedids)
  for await (const linkedids of deps.cel.linkedidsBetween(gap.from, gap.to)) await tellAll(linkedids)
  return total
}

async function tell(
  group: CelGroup,
  gap: Gap,
  deps: CatchUpDeps,
  all: readonly Call[],
): Promise<{ told: number; left: boolean }> {
  const { telling, asteriskNow, timing } = deps
  const others = all.filter((call) => call.linkedids.some((id) => group.linkedids.has(id)))
  let told = tellGroup(group, telling)
  if (told.newestAt === undefined) return { told: 0, left: false }
  // Whoever tells the live call of a group tells its end; calls that ended before it began are told here.
  if (told.open > 0 && others.length === 0) {
    const cutAt = await deathOf(told, gap, deps)
    if (cutAt !== undefined) told = tellGroup(group, telling, cutAt)
    else if (asteriskNow() < gap.to + timing.patienceMs) return { told: 0, left: true }
    else told = tellGroup(group, telling, told.newestAt)
  }
  const ours = told.calls.filter(({ call }) => isOf(gap, call) && !others.some((other) => overlap(other, call)))
  if (ours.length === 0) return { told: 0, left: false }
  if (asteriskNow() - newestOf(told, others) < timing.leaveAloneMs) return { told: 0, left: true }
  let done = 0
  for (const { call, events } of ours) if (await deps.register(call, events)) done += 1
  return { told: done, left: done < ours.length }
}

/** A group with a live call goes on being written to: there the calls' own ends count. */
function newestOf({ newestAt = 0, calls }: ToldGroup, others: readonly Call[]): number {
  return others.length === 0 ? newestAt : Math.max(...calls.map(({ call }) => call.endedAt ?? 0))
}

/** Channels that are open in CEL died with their Asterisk when the one that runs now was started later: then the last moment that one wrote anything. */
async function deathOf(told: ToldGroup, gap: Gap, deps: CatchUpDeps): Promise<number | undefined> {
  const { newestAt = 0 } = told
  const startedAt = deps.asteriskStartedAt()
  if (startedAt === undefined || startedAt <= newestAt) return undefined
  const lastRow = (await deps.cel.newestBefore(startedAt)) ?? newestAt
  return Math.max(newestAt, lastRow, gap.from < startedAt ? gap.from : 0)
}

function isOf(gap: Gap, { startedAt, endedAt }: Call): boolean {
  return endedAt !== undefined && endedAt >= gap.from && startedAt <= gap.to
}
