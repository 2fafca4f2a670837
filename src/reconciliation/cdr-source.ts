import type { Call } from '../calls/call.ts'
import type { Asked } from './asked.ts'
import type { CallSource, SourcedCall } from './call-source.ts'
import type { CdrReader } from './cdr-reader.ts'
import { tellCdr } from './tell-cdr.ts'
import type { TellingOptions } from './tell-group.ts'

export interface CdrSourceDeps {
  readonly cdr: CdrReader
  readonly telling: () => TellingOptions
}

/** A call's later rows begin when it has gone on for a while; none lasts longer. */
const LONGEST_CALL_MS = 6 * 3_600_000
/** Rows of so long a time are looked at together. */
const SLICE_MS = 6 * 3_600_000

/** Calls as CDR alone tells them, for a PBX without CEL. Rows are written when their leg ends: nothing is ever open. */
export function createCdrSource({ cdr, telling }: CdrSourceDeps): CallSource {
  const callsAround = async (from: number, to: number): Promise<readonly Call[]> =>
    tellCdr(await cdr.startedBetween(from - LONGEST_CALL_MS, to + LONGEST_CALL_MS), telling())

  return {
    async *tellings(asked, signal) {
      if (asked.kind === 'ids') {
        for (const id of asked.ids) {
          signal.throwIfAborted()
          const born = birthOf(id)
          const bare = id.replace(/#\d+$/, '')
          const around = born === undefined ? [] : await callsAround(born, born)
          const calls = around.filter(({ linkedids }) => linkedids.includes(bare))
          yield { calls: calls.map(sourced), open: [], readUpTo: undefined, unknown: calls.length > 0 ? [] : [id] }
        }
        return
      }
      for (let from = asked.from; from <= asked.to; from += SLICE_MS) {
        signal.throwIfAborted()
        const to = Math.min(from + SLICE_MS - 1, asked.to)
        const calls = (await callsAround(from, to)).filter((call) => isAskedFor(call, asked, from, to))
        yield { calls: calls.map(sourced), open: [], readUpTo: to, unknown: [] }
      }
    },
  }
}

/** Each call belongs to one slice: that of its beginning, or of the time asked for when it began before. */
function isAskedFor(
  { startedAt, endedAt = startedAt }: Call,
  asked: Exclude<Asked, { kind: 'ids' }>,
  from: number,
  to: number,
) {
  const at = asked.kind === 'records' && endedAt >= asked.from ? Math.max(startedAt, asked.from) : startedAt
  return at >= from && at <= to
}

function sourced(call: Call): SourcedCall {
  return { call, events: async () => [], wholeSeconds: true }
}

function birthOf(id: string): number | undefined {
  const match = /^(?:.*-)?(\d{10})\.\d+(?:#\d+)?$/.exec(id)
  return match ? Number(match[1]) * 1000 : undefined
}
