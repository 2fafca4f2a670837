import type { BlindTime, LedgerRow } from '../store/ledger-ports.ts'

/** One line of the ledger: what became of the calls of a day, in all or on one line. Every call is in exactly one of the numbers that `pbx` adds up from. */
export interface LedgerSum {
  /** Calls of the PBX's own record, and those that only live has seen. */
  readonly pbx: number
  readonly crm: number
  /** Of them, those that were seen in the CRM itself. */
  readonly seenInCrm: number
  readonly leftOut: number
  /** Cause → how many. */
  readonly causes: Readonly<Record<string, number>>
  readonly removedByPeople: number
  /** They go on, or their jobs wait in the outbox. */
  readonly notDue: number
  readonly lost: number
  /** Among those in the CRM. */
  readonly doubled: number
  readonly adopted: number
  /** Calls a pass had to register or tell anew, wherever they stand now. */
  readonly repaired: number
}

export interface LedgerDay {
  /** `2026-11-20`. */
  readonly day: string
  readonly all: LedgerSum
  readonly lines: Readonly<Record<string, LedgerSum>>
  /** Calls a person should look at, the oldest first. */
  readonly notable: readonly Notable[]
  readonly blind: readonly BlindTime[]
}

export type Notable = Pick<LedgerRow, 'id' | 'startedAt' | 'line' | 'finding' | 'why' | 'detail' | 'differs'>

/** The findings of one day, added up. @param rows of that day only */
export function ledgerDay(day: string, rows: readonly LedgerRow[], blind: readonly BlindTime[]): LedgerDay {
  const lines = Map.groupBy(rows, ({ line }) => line)
  return {
    day,
    all: sumOf(rows),
    lines: Object.fromEntries(
      [...lines].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([line, some]) => [line, sumOf(some)]),
    ),
    notable: rows.filter(isNotable).map(({ id, startedAt, line, finding, why, detail, differs }) => ({
      ...{ id, startedAt, line, finding, why, detail, differs },
    })),
    blind,
  }
}

function sumOf(rows: readonly LedgerRow[]): LedgerSum {
  const causes: Record<string, number> = {}
  const sum = {
    ...{ pbx: 0, crm: 0, seenInCrm: 0, leftOut: 0, removedByPeople: 0, notDue: 0, lost: 0 },
    ...{ doubled: 0, adopted: 0, repaired: 0 },
  }
  for (const { finding, why, inCrm, mended } of rows) {
    sum.pbx += 1
    sum[placeOf(finding)] += 1
    if (finding === 'left-out') causes[why] = (causes[why] ?? 0) + 1
    if (inCrm) sum.seenInCrm += 1
    if (finding === 'doubled') sum.doubled += 1
    if (finding === 'adopted') sum.adopted += 1
    if (mended) sum.repaired += 1
  }
  return { ...sum, causes }
}

/** What was registered a moment ago is on its way; what is told anew stands there already. */
function placeOf(finding: string): 'crm' | 'leftOut' | 'removedByPeople' | 'notDue' | 'lost' {
  switch (finding) {
    case 'left-out':
      return 'leftOut'
    case 'removed-by-people':
      return 'removedByPeople'
    case 'not-due':
    case 'registered':
      return 'notDue'
    case 'failed':
      return 'lost'
    default:
      return 'crm'
  }
}

function isNotable({ finding, differs, mended }: LedgerRow): boolean {
  return mended || differs !== undefined || ['failed', 'doubled', 'removed-by-people'].includes(finding)
}

/** Instants at which a calendar day of a zone begins and the next one does, epoch milliseconds. @param day `2026-11-20` */
export function boundsOfDay(day: string, timeZone: string | undefined): { readonly from: number; readonly to: number } {
  const from = midnight(day, timeZone)
  // Noon of the day, a day later: never more than an hour from the right date, whatever the clocks do.
  const next = dayOf(from + 36 * HOUR_MS, timeZone)
  return { from, to: midnight(next, timeZone) - 1 }
}

/** The calendar day of an instant. */
export function dayOf(instant: number, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(instant)
}

const HOUR_MS = 3_600_000

function midnight(day: string, timeZone: string | undefined): number {
  const asUtc = Date.parse(`${day}T00:00:00Z`)
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  const offsetAt = (instant: number) => Date.parse(`${format.format(instant).replace(' ', 'T')}Z`) - instant
  const guess = asUtc - offsetAt(asUtc)
  return asUtc - offsetAt(guess)
}
