import { type FindingKind, findingKinds } from '../reconciliation/finding.ts'
import type { Counts, Report } from './report.ts'
import { sentenceOf } from './sentences.ts'

/** How a call is told to whoever asked. */
export interface ToldReport {
  readonly id: string
  readonly linkedids: readonly string[]
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly finding: FindingKind
  /** A sentence. */
  readonly why: string
  /** The same as a word that never changes. */
  readonly cause: string
  readonly differs?: Report['differs']
}

export function told(report: Report, dry: boolean): ToldReport {
  const { id, linkedids, startedAt, finding, cause, differs } = report
  return {
    ...{ id, linkedids, startedAt: new Date(startedAt).toISOString(), finding },
    ...{ why: sentenceOf(report, dry), cause },
    ...(differs !== undefined && { differs }),
  }
}

/** How many calls were found, and how many of each kind. */
export function toldCounts(counts: Counts) {
  const { right, registered, repaired, failed, adopted, doubled } = counts
  return {
    found: findingKinds.reduce((sum, kind) => sum + counts[kind], 0),
    ...{ right, registered, repaired, leftOut: counts['left-out'], notDue: counts['not-due'], failed },
    ...{ removedByPeople: counts['removed-by-people'], adopted, doubled },
  }
}
