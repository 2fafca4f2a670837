import type { KindRule } from '../rules/kind-rule.ts'
import { type Reason, reason } from './decision.ts'

export interface LeadFacts {
  readonly rule: KindRule
  /** The CRM knew the number before the call. */
  readonly known: boolean
  /** The client waits in an incoming lead, which counts as an open one. */
  readonly waiting: boolean
  /** The number was withheld: whoever called has no card. */
  readonly hidden: boolean
  /** The call has grown old: leads and automations would come as a surprise. */
  readonly old: boolean
  readonly openLeads: readonly { readonly id: number; readonly pipeline: number }[]
  /** The account's main pipeline, when known: where leads go that name none. */
  readonly mainPipeline?: number | undefined
}

/** Whether a lead is made, and why. */
export function planLead(facts: LeadFacts): { readonly make: boolean; readonly why: Reason } {
  const { rule, waiting, hidden, old, openLeads } = facts
  // An incoming lead that could not be made becomes contact and lead.
  if (rule.create !== 'lead' && rule.create !== 'unsorted') return no('rule-says-none')
  if (hidden) return no('hidden-number')
  if (old) return no('old-call')
  if (rule.lead.unless === 'never') return { make: true, why: reason('lead', 'every-call') }
  if (waiting) return no('waits-in-unsorted')
  const pipeline = rule.lead.pipeline ?? facts.mainPipeline
  const inWay = rule.lead.unless === 'open-lead' ? openLeads : openLeads.filter((lead) => lead.pipeline === pipeline)
  const [first] = inWay
  if (first)
    return no(rule.lead.unless === 'open-lead' ? 'has-open-lead' : 'has-open-lead-in-pipeline', { lead: first.id })
  return { make: true, why: reason('lead', facts.known ? 'no-open-lead' : 'new-client') }
}

function no(code: string, facts: Readonly<Record<string, number>> = {}) {
  return { make: false, why: reason('lead', code, facts) }
}
