import type { CrmError } from '../errors.ts'
import { type AccountRefusalKind, accountRefusal, restAfter } from './rest.ts'

export interface Gate {
  /** @throws the refusal that closed the gate, while its rest lasts */
  check(): void
  /** Closes the gate and answers with the error for the caller. */
  refused(refusal: AccountRefusalKind, message: string, retryAfterMs: number | undefined): CrmError
  /** The account took a request: the next refusal is a first one again. */
  passed(): void
  /** Opens it when it was closed for this reason: the reason is gone (a new token). */
  reopen(refusal: AccountRefusalKind): void
}

export interface GateLog {
  warn(fields: object, message: string): void
}

/** A refusal pauses the account, not the request that met it: while the gate is closed nobody's request leaves. */
export function createGate(now: () => number, log: GateLog): Gate {
  let closed: { readonly refusal: AccountRefusalKind; readonly message: string; readonly until: number } | undefined
  let inARow = 0

  function check(): void {
    if (closed && now() < closed.until) throw accountRefusal(closed.refusal, closed.message, closed.until - now())
  }

  function refused(refusal: AccountRefusalKind, message: string, retryAfterMs: number | undefined): CrmError {
    const open = closed === undefined || now() >= closed.until
    // Several requests were under way and met the same refusal: it counts once, the worst kind stays.
    if (open || refusal !== closed?.refusal) {
      inARow += open ? 1 : 0
      const restMs = restAfter(refusal, Math.max(1, inARow), retryAfterMs)
      closed = { refusal, message, until: Math.max(closed?.until ?? 0, now() + restMs) }
      log.warn({ refusal, restMs, answer: message }, 'CRM refuses the account; nothing is sent for a while')
    }
    return accountRefusal(closed?.refusal ?? refusal, message, (closed?.until ?? now()) - now())
  }

  function passed(): void {
    if (closed === undefined || now() < closed.until) return
    closed = undefined
    inARow = 0
  }

  function reopen(refusal: AccountRefusalKind): void {
    if (closed?.refusal !== refusal) return
    closed = undefined
    inARow = 0
  }

  return { check, refused, passed, reopen }
}
