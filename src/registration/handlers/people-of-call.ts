import type { CallFacts } from '../call-facts.ts'
import type { Draw, ResponsibleFacts, StaffRef } from '../plan/responsible.ts'
import { kindOfCall } from '../rules/kind-of-call.ts'
import type { KindOfCall, KindRule } from '../rules/kind-rule.ts'
import type { RegistrationSettings } from '../settings.ts'

export interface RuleOfCall {
  readonly kind: KindOfCall
  readonly rule: KindRule
}

/** @param known whether the CRM had the number before the call. */
export function ruleOf(call: CallFacts, known: boolean, settings: RegistrationSettings): RuleOfCall {
  const kind = kindOfCall(call, known)
  return { kind, rule: settings.rulesOf(call.line)[kind] }
}

export interface PeopleOptions {
  readonly rule: KindRule
  readonly draw: Draw | undefined
  /** Owner of the card that gets the call. */
  readonly cardOwner?: number
  /** Where the settings name none. */
  readonly tokenUser: number | undefined
}

/** Everything policies choose from, by the staff as it is listed now. */
export function peopleOfCall(
  call: CallFacts,
  settings: RegistrationSettings,
  options: PeopleOptions,
): ResponsibleFacts {
  const { rule, draw = { turn: 0, random: 0 }, cardOwner, tokenUser } = options
  const ref = (extension: string): StaffRef => {
    const user = settings.users.get(extension)
    return user === undefined ? { extension } : { extension, user }
  }
  return {
    talked: call.talked.map(({ extension }) => ref(extension)),
    rang: call.rang.map(ref),
    cardOwner: cardOwner === 0 ? undefined : cardOwner,
    user: rule.user,
    users: rule.users,
    draw,
    defaultUser: settings.defaultUser ?? tokenUser,
  }
}

export function needsDraw({ responsible, task }: KindRule): boolean {
  return [...responsible, ...task.owner].some((policy) => policy === 'in-turn' || policy === 'random')
}
