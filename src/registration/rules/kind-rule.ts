/** The rows of the grid: what kind of call it was, and whether the CRM knew the number before it. */
export const kindsOfCall = [
  'incomingKnown',
  'incomingUnknown',
  'missedKnown',
  'missedUnknown',
  'outgoingKnown',
  'outgoingUnknown',
  'outgoingNotReached',
] as const
export type KindOfCall = (typeof kindsOfCall)[number]

/** Ways to find whose call or task it is. */
export type Policy =
  | 'last-talked'
  | 'first-talked'
  | 'last-rang'
  | 'first-rang'
  | 'card-owner'
  | 'user'
  | 'in-turn'
  | 'random'
  | 'default'

/** When contact and lead are made. */
export type Moment = 'ring' | 'answer' | 'end'

/** What a line does with one kind of call. */
export interface KindRule {
  readonly create: 'nothing' | 'contact' | 'lead' | 'unsorted'
  readonly when: Moment
  readonly contactName: string
  readonly lead: LeadRule
  /** Asked in order until one names a user of the CRM. */
  readonly responsible: readonly Policy[]
  /** For the policy `user`. */
  readonly user?: number | undefined
  /** For `in-turn` and `random`. */
  readonly users: readonly number[]
  readonly task: TaskRule
  readonly changeOwner: 'never' | 'always' | 'in-stages'
  readonly stages: readonly Stage[]
  /** Template of the note's text. */
  readonly note: string
  readonly contactFields: readonly FieldRule[]
  readonly leadFields: readonly FieldRule[]
}

export interface LeadRule {
  /** Undefined: the account's main one. */
  readonly pipeline?: number | undefined
  readonly status?: number | undefined
  readonly name: string
  readonly tags: readonly string[]
  readonly source?: number | undefined
  readonly unless: 'open-lead' | 'open-lead-in-pipeline' | 'never'
}

export interface TaskRule {
  readonly enabled: boolean
  readonly text: string
  readonly type: number
  readonly minutes: number
  readonly workingHours: boolean
  readonly owner: readonly Policy[]
}

export interface Stage {
  readonly pipeline: number
  readonly status: number
}

export interface FieldRule {
  readonly field: number | string
  readonly value: string
}

export type RuleBook = Readonly<Record<KindOfCall, KindRule>>
