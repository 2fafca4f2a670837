import { z } from 'zod'
import { type Difference, type Finding, type FindingKind, findingKinds } from '../reconciliation/finding.ts'

const Kind = z.enum(findingKinds as [FindingKind, ...FindingKind[]])

/** What is remembered of a finding. Nothing in it tells who called. */
export const Report = z.object({
  id: z.string(),
  linkedids: z.array(z.string()).readonly(),
  startedAt: z.number(),
  endedAt: z.number(),
  finding: Kind,
  cause: z.string(),
  detail: z.string().optional(),
  differs: z.custom<NonNullable<Finding['differs']>>(Array.isArray).optional(),
  /** It is on its way to the CRM. */
  waits: z.boolean(),
})
export type Report = Readonly<z.infer<typeof Report>>

/** How many calls of each kind. */
export const Counts = z.record(Kind, z.number())
export type Counts = Readonly<z.infer<typeof Counts>>

export function reportOf(finding: Finding, dry: boolean): Report {
  const { id, linkedids, startedAt, endedAt = startedAt, finding: kind, why: cause, detail, differs } = finding
  return {
    ...{ id, linkedids, startedAt, endedAt, finding: kind, cause },
    ...(detail !== undefined && { detail }),
    ...(differs !== undefined && { differs: differs.map(withoutNumbers) }),
    waits: !dry && (kind === 'registered' || kind === 'repaired'),
  }
}

/** Which number is meant shows in its last digits; a job's findings are no place for more. */
function withoutNumbers(difference: Difference): Difference {
  if (difference.what !== 'client') return difference
  const end = (value: Difference['ours']) => (value === '' ? '' : `…${String(value).slice(-4)}`)
  return { ...difference, ours: end(difference.ours), theirs: end(difference.theirs) }
}

export const noCounts: Counts = Object.fromEntries(findingKinds.map((kind) => [kind, 0])) as Counts
