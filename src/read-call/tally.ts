import { type Counts, noCounts, type Report } from './report.ts'

/** What a work has found so far. Each call is counted once, though it may be met in two slices of time. */
export interface Tally {
  /** False when the call was met before: what was said first stays. */
  take(report: Report): boolean
  /** Says something else of a call that was taken. */
  change(before: Report, after: Report): void
  counts(): Counts
  /** Calls on their way to the CRM. */
  waiting(): readonly Report[]
  /** What was taken or changed since it was last asked for; `putBack` when it could not be kept. */
  unsaved(): ReadonlyMap<string, Report>
  saved(): void
  putBack(reports: ReadonlyMap<string, Report>): void
  /** Calls that ended before are not met again. */
  forgetBefore(instant: number): void
}

/** @param known reports that were kept by an earlier process, and how many there were in all */
export function createTally(known: readonly Report[] = [], total: Partial<Counts> = {}): Tally {
  const counts: Record<keyof Counts, number> = { ...noCounts, ...total }
  const met = new Map(known.map(({ id, endedAt }) => [id, endedAt]))
  const waiting = new Map(known.filter(({ waits }) => waits).map((report) => [report.id, report]))
  let unsaved = new Map<string, Report>()

  const keep = (report: Report) => {
    counts[report.finding] += 1
    if (report.waits) waiting.set(report.id, report)
    else waiting.delete(report.id)
    unsaved.set(report.id, report)
  }
  return {
    take(report) {
      if (met.has(report.id)) return false
      met.set(report.id, report.endedAt)
      keep(report)
      return true
    },
    change(before, after) {
      counts[before.finding] -= 1
      keep(after)
    },
    counts: () => ({ ...counts }),
    waiting: () => [...waiting.values()],
    unsaved: () => unsaved,
    saved: () => {
      unsaved = new Map()
    },
    putBack: (reports) => {
      unsaved = new Map([...reports, ...unsaved])
    },
    forgetBefore(instant) {
      for (const [id, endedAt] of met) if (endedAt < instant) met.delete(id)
    },
  }
}
