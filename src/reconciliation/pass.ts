import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Ledger } from '../store/ledger-ports.ts'
import type { CallJournal } from '../store/ports.ts'
import type { Asked, PassOptions } from './asked.ts'
import type { CallSource } from './call-source.ts'
import type { Finding } from './finding.ts'
import { judge, judgeRow } from './judge.ts'
import type { JudgeDeps } from './judging.ts'
import { ledgerRow } from './ledger-row.ts'
import type { NoteBook } from './note-book.ts'
import { together } from './together.ts'

export interface ReconciliationDeps extends JudgeDeps {
  readonly journal: Pick<CallJournal, 'toldAs' | 'toldBetween'>
  readonly source: CallSource
  /** Reads back what stands in the CRM of calls since then. @throws CrmError */
  readonly readNotes: (since: number, signal: AbortSignal) => Promise<NoteBook>
  readonly ledger: Pick<Ledger, 'put'>
  /** Our clock, epoch milliseconds. */
  readonly now: () => number
}

/** Holds the PBX's own record against journal and CRM, and mends what is missing or different. */
export interface Reconciliation {
  /**
   * One finding a call, as they are judged: oldest first, as far as CEL is in order. One pass runs at a time; others wait for their turn. A pass that is
   * interrupted – `signal`, `break`, the end of the process – can be begun anew: nothing is done twice.
   * @throws DatabaseError when the PBX's records cannot be read, StoreError when the state cannot, CrmError when the CRM was to be compared
   * and does not answer; the reason of `signal` when it is aborted. What was done by then stays done.
   */
  reconcile(asked: Asked, options: PassOptions, signal: AbortSignal): AsyncGenerator<Finding, void, undefined>
}

/** Rows of the journal carry their events: so many are read at once as fit into some megabytes. */
const SLICE_MS = 900_000

/** Their rows share a commit, and their jobs wait together. */
const CALLS_AT_ONCE = 50

export function createReconciliation(deps: ReconciliationDeps): Reconciliation {
  const { source, journal, readNotes, ledger, pbx, now } = deps
  let turn: Promise<void> = Promise.resolve()

  async function* pass(asked: Asked, options: PassOptions, signal: AbortSignal) {
    const met = new Set<string>()
    let calls = 0
    let book = options.compareCrm && asked.kind !== 'ids' ? await readNotes(asked.from, signal) : undefined

    /** Findings are kept for the ledger, also when whoever reads them stops in the middle of a page. */
    async function* judged<T>(
      page: readonly T[],
      linkedidsOf: (one: T) => readonly string[],
      decide: (one: T) => Promise<Finding>,
    ) {
      const found: Finding[] = []
      try {
        for (const some of together(page, linkedidsOf, CALLS_AT_ONCE)) {
          signal.throwIfAborted()
          const begun: Promise<PromiseSettledResult<Finding>>[] = []
          for (const one of some) {
            // Calls of the moment go first.
            await nextTurn()
            begun.push(Promise.allSettled([decide(one)]).then(([result]) => result))
          }
          const decided = await Promise.all(begun)
          const findings = decided.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
          found.push(...findings)
          for (const finding of findings) {
            met.add(finding.id)
            calls += 1
            yield finding
          }
          const failed = decided.find((each) => each.status === 'rejected')
          if (failed) throw failed.reason
        }
      } finally {
        if (!options.dry) await keep(found)
      }
    }

    for await (const page of source.tellings(asked, signal)) {
      if (page.open.length > 0) options.onOpen?.(page.open)
      if (page.unknown.length > 0) options.onUnknown?.(page.unknown)
      // Calls asked for by id may be of any age.
      if (options.compareCrm && asked.kind === 'ids' && page.calls.length > 0)
        book = await readNotes(Math.min(...page.calls.map(({ call }) => call.startedAt)), signal)
      const judging = { ...options, book }
      yield* judged(
        page.calls,
        ({ call }) => call.linkedids,
        (told) => judge(told, judging, deps),
      )
      options.onProgress?.({ calls, share: shareOf(asked, page.readUpTo, calls) })
    }
    if (asked.kind === 'span') {
      // What only live has seen: the PBX lost its records, or never wrote them.
      for (let from = asked.from; from <= asked.to; from += SLICE_MS) {
        const rows = await journal.toldBetween(pbx, from, Math.min(from + SLICE_MS - 1, asked.to))
        const unmet = rows.filter(({ id }) => !met.has(id))
        yield* judged(
          unmet,
          ({ linkedids }) => linkedids,
          (row) => judgeRow(row, { ...options, book }, deps),
        )
      }
    }
    options.onProgress?.({ calls, share: 1 })
  }

  const keep = (found: readonly Finding[]) =>
    ledger.put(
      pbx,
      found.map((one) => ledgerRow(one, now())),
    )

  return {
    async *reconcile(asked, options, signal) {
      const before = turn
      const { promise, resolve } = Promise.withResolvers<void>()
      turn = promise
      try {
        await before
        signal.throwIfAborted()
        yield* pass(asked, options, signal)
      } finally {
        // Also when whoever reads the findings stops in the middle.
        resolve()
      }
    },
  }
}

function shareOf(asked: Asked, readUpTo: number | undefined, calls: number): number {
  if (asked.kind === 'ids') return Math.min(1, calls / Math.max(1, asked.ids.length))
  if (readUpTo === undefined) return 0
  return Math.min(1, Math.max(0, (readUpTo - asked.from) / Math.max(1, asked.to - asked.from)))
}
