import type { Ledger } from '../store/ledger-ports.ts'
import type { Asked, PassOptions } from './asked.ts'
import type { CallSource } from './call-source.ts'
import type { Finding } from './finding.ts'
import { judge } from './judge.ts'
import type { JudgeDeps } from './judging.ts'
import { ledgerRow } from './ledger-row.ts'
import type { NoteBook } from './note-book.ts'

export interface ReconciliationDeps extends JudgeDeps {
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

export function createReconciliation(deps: ReconciliationDeps): Reconciliation {
  const { source, readNotes, ledger, pbx, now } = deps
  let turn: Promise<void> = Promise.resolve()

  async function* pass(asked: Asked, options: PassOptions, signal: AbortSignal) {
    let calls = 0
    let book = options.compareCrm && asked.kind === 'span' ? await readNotes(asked.from, signal) : undefined
    for await (const page of source.tellings(asked, signal)) {
      // Calls asked for by id may be of any age.
      if (options.compareCrm && asked.kind === 'ids' && page.calls.length > 0)
        book = await readNotes(Math.min(...page.calls.map(({ call }) => call.startedAt)), signal)
      const found: Finding[] = []
      try {
        for (const told of page.calls) {
          signal.throwIfAborted()
          const finding = await judge(told, { ...options, book }, deps)
          found.push(finding)
          yield finding
          calls += 1
        }
      } finally {
        // Whoever reads the findings may stop in the middle of a page.
        if (!options.dry)
          await ledger.put(
            pbx,
            found.map((one) => ledgerRow(one, now())),
          )
      }
      options.onProgress?.({ calls, share: shareOf(asked, page.readUpTo, calls) })
    }
    options.onProgress?.({ calls, share: 1 })
  }

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
