import type { AlertKind, Condition } from './conditions.ts'

/** An alert that has begun and is not over. */
export interface OpenAlert {
  readonly kind: AlertKind
  readonly facts: Condition['facts']
  /** Epoch milliseconds. */
  readonly since: number
  /** When somebody was told last. */
  readonly toldAt: number
  /** Since when it seems to be over. */
  readonly calmSince?: number | undefined
}

/** By name of the condition. */
export type AlertBook = Readonly<Record<string, OpenAlert>>

export interface AlertMessage {
  readonly phase: 'began' | 'lasts' | 'over'
  readonly kind: AlertKind
  readonly facts: Condition['facts']
  readonly since: number
  readonly at: number
}

/** What comes and goes while it lasts is over when it has stayed away for so long, milliseconds. */
const CALM_MS: Partial<Record<AlertKind, number>> = { 'crm-refuses': 120_000, 'success-below': 120_000 }

/**
 * One look: what is wrong now against what somebody was told of. Each alert is told once when it begins and once when it is over, and again
 * every `repeatMs` while it lasts. Pure.
 * @param now epoch milliseconds
 */
export function nextAlerts(
  book: AlertBook,
  conditions: readonly Condition[],
  { now, repeatMs }: { readonly now: number; readonly repeatMs: number },
): { readonly book: AlertBook; readonly messages: readonly AlertMessage[] } {
  const messages: AlertMessage[] = []
  const next: Record<string, OpenAlert> = {}
  for (const { name, kind, facts } of conditions) {
    const before = book[name]
    const since = before?.since ?? now
    // A clock that was set back must not silence anybody for as long as it was ahead.
    const due = before === undefined || now - before.toldAt >= repeatMs || before.toldAt > now
    if (due) messages.push({ phase: before ? 'lasts' : 'began', kind, facts, since, at: now })
    next[name] = { kind, facts, since, toldAt: due ? now : before.toldAt }
  }
  for (const [name, alert] of Object.entries(book)) {
    if (next[name]) continue
    const { kind, facts, since, calmSince = now } = alert
    if (now - calmSince < (CALM_MS[kind] ?? 0) && calmSince <= now) next[name] = { ...alert, calmSince }
    else messages.push({ phase: 'over', kind, facts, since, at: now })
  }
  return { book: next, messages }
}
