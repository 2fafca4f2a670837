import type { Asked, PassOptions } from './asked.ts'
import type { CallSource } from './call-source.ts'
import type { Finding } from './finding.ts'
import { type JudgeDeps, judge } from './judge.ts'

export interface ReconciliationDeps extends JudgeDeps {
  readonly source: CallSource
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
  const { source } = deps
  let turn: Promise<void> = Promise.resolve()

  async function* pass(asked: Asked, options: PassOptions, signal: AbortSignal) {
    let calls = 0
    for await (const page of source.tellings(asked, signal)) {
      for (const told of page.calls) {
        signal.throwIfAborted()
        yield await judge(told, options, deps)
        calls += 1
      }
      if (page.open.length > 0) options.onOpen?.(page.open)
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
