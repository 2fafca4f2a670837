import type { FieldValue } from '../../crm/leads-port.ts'
import type { EntityRef } from '../../crm/port.ts'
import type { TemplateValues } from '../../templates/template.ts'
import type { FieldRule, KindRule } from '../rules/kind-rule.ts'
import type { OwnedEntity } from './choose-entity.ts'
import { type Reason, reason } from './decision.ts'
import { filledFields } from './filled-fields.ts'

export interface CardFacts {
  readonly rule: KindRule
  /** The client of the call. */
  readonly client: OwnedEntity
  /** The open lead of the call: the new one, or the one that gets the call. */
  readonly lead:
    | (OwnedEntity & { readonly pipeline: number; readonly status: number; readonly made: boolean })
    | undefined
  /** CRM user whose call it is. */
  readonly person: number | undefined
  readonly old: boolean
  readonly values: TemplateValues
}

export interface CardChange {
  readonly entity: EntityRef
  readonly owner?: number
  readonly fields?: readonly FieldValue[]
}

/** What changes on the client's card and the lead's: owner and fields, by rule. */
export function planCardChanges(facts: CardFacts): {
  readonly changes: readonly CardChange[]
  readonly why: readonly Reason[]
} {
  const { rule, client, lead, person, old, values } = facts
  if (old) return { changes: [], why: [reason('owner', 'old-call')] }
  const owner = ownerChange(facts)
  const newOwner = (entity: OwnedEntity) =>
    owner.change && person !== undefined && entity.owner !== person ? { owner: person } : {}
  const cards = [
    { entity: { kind: client.kind, id: client.id }, ...newOwner(client), ...fieldsPart(rule.contactFields, values) },
    ...(lead
      ? [{ entity: { kind: lead.kind, id: lead.id }, ...newOwner(lead), ...fieldsPart(rule.leadFields, values) }]
      : []),
  ]
  const changes: readonly CardChange[] = cards.filter((card) => 'owner' in card || 'fields' in card)
  const fields = changes.reduce((sum, { fields: some = [] }) => sum + some.length, 0)
  return { changes, why: [owner.why, ...(fields > 0 ? [reason('fields', 'by-rule', { fields })] : [])] }
}

function ownerChange({ rule, lead, person }: CardFacts): { readonly change: boolean; readonly why: Reason } {
  if (rule.changeOwner === 'never') return { change: false, why: reason('owner', 'rule-says-never') }
  if (person === undefined) return { change: false, why: reason('owner', 'nobody') }
  if (rule.changeOwner === 'always') return { change: true, why: reason('owner', 'always', { user: person }) }
  if (!lead) return { change: false, why: reason('owner', 'no-open-lead') }
  const named = rule.stages.some(({ pipeline, status }) => pipeline === lead.pipeline && status === lead.status)
  return {
    change: named,
    why: reason('owner', named ? 'in-stage' : 'not-in-stage', { user: person, lead: lead.id, status: lead.status }),
  }
}

function fieldsPart(rules: readonly FieldRule[], values: TemplateValues): { readonly fields?: readonly FieldValue[] } {
  const fields = filledFields(rules, values)
  return fields.length > 0 ? { fields } : {}
}
