import { z } from 'zod'
import { type Finding, type FindingKind, findingKinds } from '../reconciliation/finding.ts'
import { sentenceOf } from './sentences.ts'

/** What is remembered of a finding. Nothing in it tells who called, but for what may differ. */
export const Report = z.object({
  id: z.string(),
  linkedids: z.array(z.string()).readonly(),
  startedAt: z.number(),
  endedAt: z.number(),
  finding: z.enum(findingKinds as [FindingKind, ...FindingKind[]]),
  cause: z.string(),
  detail: z.string().optional(),
  differs: z.custom<NonNullable<Finding['differs']>>(Array.isArray).optional(),
  /** It is on its way to the CRM. */
  waits: z.boolean(),
})
export type Report = Readonly<z.infer<typeof Report>>

export type Counts = Readonly<Record<FindingKind, number>>

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

export function reportOf(finding: Finding, dry: boolean): Report {
  const { id, linkedids, startedAt, endedAt = startedAt, finding: kind, why: cause, detail, differs } = finding
  return {
    ...{ id, linkedids, startedAt, endedAt, finding: kind, cause },
    ...(detail !== undefined && { detail }),
    ...(differs !== undefined && { differs }),
    waits: !dry && (kind === 'registered' || kind === 'repaired'),
  }
}

export function told(report: Report, dry: boolean): ToldReport {
  const { id, linkedids, startedAt, finding, cause, differs } = report
  return {
    ...{ id, linkedids, startedAt: new Date(startedAt).toISOString(), finding },
    ...{ why: sentenceOf(report, dry), cause },
    ...(differs !== undefined && { differs }),
  }
}

export const noCounts: Counts = Object.fromEntries(findingKinds.map((kind) => [kind, 0])) as Counts

/** `left-out` is `leftOut` where it is a key. */
export function toldCounts(counts: Counts): Readonly<Record<string, number>> {
  const keyOf = (kind: string) => kind.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  const found = findingKinds.reduce((sum, kind) => sum + counts[kind], 0)
  return { found, ...Object.fromEntries(findingKinds.map((kind) => [keyOf(kind), counts[kind]])) }
}
