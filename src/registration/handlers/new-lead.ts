import type { NewLead } from '../../crm/leads-port.ts'
import { fillTemplate } from '../../templates/template.ts'
import type { CallFacts } from '../call-facts.ts'
import { responsible } from '../plan/responsible.ts'
import type { RegistrationSettings } from '../settings.ts'
import { valuesOf } from './call-values.ts'
import type { KnownClient } from './client-result.ts'
import { refOf } from './ground.ts'
import { peopleOfCall, ruleOf } from './people-of-call.ts'

export interface NewLeadOptions {
  readonly settings: RegistrationSettings
  readonly tokenUser: number | undefined
}

/** The lead that a rule makes of a call, before a customer's script has seen it. */
export function newLead(call: CallFacts, client: KnownClient, { settings, tokenUser }: NewLeadOptions): NewLead {
  const { rule } = ruleOf(call, client.known, settings)
  const { pipeline, status, tags, source } = rule.lead
  const people = peopleOfCall(call, settings, { rule, draw: client.draw, cardOwner: client.owner, tokenUser })
  const { user } = responsible(rule.responsible, people)
  return {
    name: fillTemplate(rule.lead.name, valuesOf(call, settings)) || call.phone,
    client: refOf(client),
    createdAt: call.startedAt,
    uniq: call.uniq,
    ...(pipeline !== undefined && { pipeline }),
    ...(status !== undefined && { status }),
    ...(user !== undefined && { owner: user }),
    ...(tags.length > 0 && { tags }),
    ...(source !== undefined && { source }),
  }
}
