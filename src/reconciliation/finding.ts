import type { Call } from '../calls/call.ts'

/** What a pass found out about one call, and what it did about it. A dry pass says the same and does nothing. */
export interface Finding {
  /** As it is journalled, or would be. */
  readonly id: string
  readonly linkedids: readonly string[]
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly endedAt: number | undefined
  readonly direction: Call['direction']
  readonly line: string
  readonly client: string
  readonly answered: boolean
  readonly finding: FindingKind
  /** Why, as a stable word; for a call left out the cause (`internal`, `ignored-number`, …). */
  readonly why: string
  /** What a person may want to read besides: the CRM's refusal, an error. */
  readonly detail?: string
  /** What stood otherwise in the CRM, or what the two witnesses tell differently. */
  readonly differs?: readonly Difference[]
}

export type FindingKind =
  /** It stands in the CRM as it should; without a look into the CRM: as the outbox wrote it. */
  | 'right'
  /** It was missing and is registered now. */
  | 'registered'
  /** It stood otherwise in the CRM, or was told by the poorer witness, and is told anew. */
  | 'repaired'
  /** It is not to be registered: see `why`. */
  | 'left-out'
  /** It goes on, ended minutes ago, or its jobs wait in the outbox. */
  | 'not-due'
  /** It could not be registered: the CRM refused it, or the disk did. */
  | 'failed'
  /** We wrote it and people have deleted it; so it stays. */
  | 'removed-by-people'
  /** Somebody else had written it: their note is this call's. */
  | 'adopted'
  /** It stands in the CRM more than once. Nothing is deleted: people decide. */
  | 'doubled'

export const findingKinds: readonly FindingKind[] = [
  ...(['right', 'registered', 'repaired', 'left-out', 'not-due'] as const),
  ...(['failed', 'removed-by-people', 'adopted', 'doubled'] as const),
]

export interface Difference {
  /** `crm`: our record against the CRM's note. `witness`: the journal's telling against CEL's. */
  readonly between: 'crm' | 'witness'
  readonly what: DifferingField
  /** As the journal, or our note, has it. */
  readonly ours: string | number | boolean
  /** As the CRM, or CEL, has it. */
  readonly theirs: string | number | boolean
}

export type DifferingField =
  | 'direction'
  | 'client'
  | 'answered'
  | 'result'
  | 'status'
  | 'seconds'
  | 'person'
  | 'people'
  | 'responsible'

/** How many calls of each kind. */
export type PassSummary = { readonly calls: number } & Readonly<Record<FindingKind, number>>

export function emptySummary(): PassSummary {
  return {
    calls: 0,
    ...{ right: 0, registered: 0, repaired: 0, 'left-out': 0, 'not-due': 0 },
    ...{ failed: 0, 'removed-by-people': 0, adopted: 0, doubled: 0 },
  }
}

export function counted(summary: PassSummary, { finding }: Pick<Finding, 'finding'>): PassSummary {
  return { ...summary, calls: summary.calls + 1, [finding]: summary[finding] + 1 }
}
