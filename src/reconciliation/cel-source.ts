import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Call } from '../calls/call.ts'
import type { Asked } from './asked.ts'
import type { CallSource, TellingsPage } from './call-source.ts'
import type { CelGroup } from './cel-groups.ts'
import type { CelReader } from './cel-reader.ts'
import { createCelWalk } from './cel-walk.ts'
import { type TellingOptions, tellGroup } from './tell-group.ts'

export interface CelSourceDeps {
  readonly cel: Pick<CelReader, 'groupsOf' | 'linkedidsBetween' | 'rowsBetween'>
  /** Asked anew for each page: people come and go. */
  readonly telling: () => TellingOptions
}

const GROUPS_AT_ONCE = 50

/** Calls as CEL tells them. */
export function createCelSource({ cel, telling }: CelSourceDeps): CallSource {
  return {
    async *tellings(asked, signal) {
      const seen = new Set<string>()
      const page = async (linkedids: readonly string[], uniqueids: readonly string[] = []) => {
        const groups = await cel.groupsOf({ linkedids, uniqueids })
        const fresh = groups.filter((group) => ![...group.linkedids].some((id) => seen.has(id)))
        for (const group of fresh) for (const id of group.linkedids) seen.add(id)
        return { ...(await tellPage(fresh, asked, telling())), unknown: unknownOf(uniqueids, groups) }
      }
      if (asked.kind === 'ids') {
        for (let at = 0; at < asked.ids.length; at += GROUPS_AT_ONCE) {
          signal.throwIfAborted()
          const ids = asked.ids.slice(at, at + GROUPS_AT_ONCE).map(withoutNumber)
          yield await page(ids, ids)
        }
        return
      }
      const walked = await cel.rowsBetween(asked.from, asked.to)
      if (!walked) {
        for await (const linkedids of cel.linkedidsBetween(asked.from, asked.to)) yield* byName(linkedids)
        return
      }
      const walk = createCelWalk()
      for await (const rows of walked) {
        signal.throwIfAborted()
        const groups = walk.take(rows)
        for (const group of groups) for (const id of group.linkedids) seen.add(id)
        yield { ...(await tellPage(groups, asked, telling())), readUpTo: rows.writtenAt, unknown: [] }
      }
      yield* byName(walk.rest())

      async function* byName(linkedids: readonly string[]) {
        const fresh = linkedids.filter((id) => !seen.has(id))
        for (let at = 0; at < fresh.length; at += GROUPS_AT_ONCE) {
          signal.throwIfAborted()
          yield await page(fresh.slice(at, at + GROUPS_AT_ONCE))
        }
      }
    },
  }
}

/** Ids that neither a call nor a channel of these groups has. */
function unknownOf(ids: readonly string[], groups: readonly CelGroup[]): readonly string[] {
  const known = new Set(
    groups.flatMap(({ linkedids, rows }) => [...linkedids, ...rows.map((row) => String(row['uniqueid']))]),
  )
  return ids.filter((id) => !known.has(id))
}

type ToldPage = Omit<TellingsPage, 'unknown'>

async function tellPage(groups: readonly CelGroup[], asked: Asked, telling: TellingOptions): Promise<ToldPage> {
  const calls: TellingsPage['calls'][number][] = []
  const open: TellingsPage['open'][number][] = []
  let readUpTo: number | undefined
  for (const group of groups) {
    // Calls of the moment go first.
    await nextTurn()
    const told = tellGroup(group, telling)
    for (const one of told.calls)
      if (isAskedFor(one.call, told.writtenAt, asked))
        calls.push({ call: one.call, events: async () => one.events, wholeSeconds: told.wholeSeconds })
    if (told.open > 0 && told.newestAt !== undefined)
      open.push({ linkedids: [...group.linkedids], startedAt: told.newestAt })
    for (const { call } of told.calls) readUpTo = Math.max(readUpTo ?? 0, call.startedAt)
  }
  return { calls, open, readUpTo }
}

function isAskedFor({ startedAt, endedAt = startedAt }: Call, writtenAt: readonly number[], asked: Asked): boolean {
  switch (asked.kind) {
    case 'ids':
      return true
    case 'span':
      return startedAt >= asked.from && startedAt <= asked.to
    case 'records':
      // A group may hold several calls: one that was over before, or began later, has no part in the record.
      return (
        startedAt <= asked.to && endedAt >= asked.from && writtenAt.some((at) => at >= asked.from && at <= asked.to)
      )
    default:
      return asked satisfies never
  }
}

/** `1795164754.2#3` is the third call under that linkedid. */
function withoutNumber(id: string): string {
  return id.replace(/#\d+$/, '')
}
