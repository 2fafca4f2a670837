import type { Policy } from '../rules/kind-rule.ts'
import { type Reason, reason } from './decision.ts'

export interface StaffRef {
  readonly extension: string
  /** CRM user, when the extension has one. */
  readonly user?: number
}

/** Everything policies choose from. */
export interface ResponsibleFacts {
  /** In the order they talked. */
  readonly talked: readonly StaffRef[]
  /** In the order they were rung; whoever began an outbound call last. */
  readonly rang: readonly StaffRef[]
  /** Owner of the card that gets the call. */
  readonly cardOwner?: number | undefined
  readonly user?: number | undefined
  readonly users: readonly number[]
  readonly draw: Draw
  readonly defaultUser?: number | undefined
}

/** What chance and turn said when the call was first looked at; kept, so that every record of a call names the same person. */
export interface Draw {
  /** Counts the calls of a rule. */
  readonly turn: number
  /** In [0, 1). */
  readonly random: number
}

export interface Responsible {
  /** CRM user; undefined when nobody of the call is known to the CRM. */
  readonly user: number | undefined
  /** Shown as the person of the call: the user, else an extension nobody is listed for. */
  readonly person: number | string | undefined
  readonly policy: Policy | 'nobody'
}

/**
 * Whose call it is: policies are asked in order until one names a user of the CRM. A person who is none is never the end of it: the one
 * before them who is counts, and with nobody at all their extension stays visible as text.
 */
export function responsible(policies: readonly Policy[], facts: ResponsibleFacts): Responsible {
  for (const policy of policies) {
    const user = userBy(policy, facts)
    if (user !== undefined && user > 0) return { user, person: user, policy }
  }
  return { user: undefined, person: facts.talked.at(-1)?.extension ?? facts.rang.at(-1)?.extension, policy: 'nobody' }
}

/** The reason in words to come. `passedOver`: who stood nearer but is not in the CRM. */
export function whyResponsible(
  about: 'person' | 'task',
  { user, policy }: Responsible,
  { talked, rang }: ResponsibleFacts,
): Reason {
  const people = talked.length > 0 ? talked : rang
  const last = people.at(-1)
  const passedOver = last !== undefined && last.user === undefined ? last.extension : undefined
  const extension = people.findLast((person) => person.user === user && user !== undefined)?.extension
  return reason(about, policy, { user, extension, passedOver })
}

function userBy(policy: Policy, facts: ResponsibleFacts): number | undefined {
  const { talked, rang, users, draw } = facts
  switch (policy) {
    case 'last-talked':
      return talked.findLast(inCrm)?.user
    case 'first-talked':
      return talked.find(inCrm)?.user
    case 'last-rang':
      return rang.findLast(inCrm)?.user
    case 'first-rang':
      return rang.find(inCrm)?.user
    case 'card-owner':
      return facts.cardOwner
    case 'user':
      return facts.user
    case 'in-turn':
      return users[draw.turn % users.length]
    case 'random':
      return users[Math.floor(draw.random * users.length)]
    case 'default':
      return facts.defaultUser
    default:
      return policy satisfies never
  }
}

function inCrm(person: StaffRef): boolean {
  return person.user !== undefined
}
