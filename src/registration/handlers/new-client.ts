import type { NewContact, NewIncomingLead } from '../../crm/port.ts'
import { fillTemplate } from '../../templates/template.ts'
import type { CallFacts } from '../call-facts.ts'
import { hooked, type RegistrationHooks } from '../hooks.ts'
import { filledFields } from '../plan/filled-fields.ts'
import { type Draw, type Responsible, responsible } from '../plan/responsible.ts'
import type { KindRule } from '../rules/kind-rule.ts'
import type { RegistrationSettings } from '../settings.ts'
import { valuesOf } from './call-values.ts'
import { peopleOfCall, ruleOf } from './people-of-call.ts'

export interface StrangerOptions {
  readonly settings: RegistrationSettings
  readonly hooks: RegistrationHooks
  readonly draw: Draw | undefined
  readonly tokenUser: number | undefined
}

export interface IncomingLeadOptions extends StrangerOptions {
  /** Managers hear the call there; incoming leads are no notes of ours, nothing can be added later. */
  readonly recordingUrl: string | undefined
}

/** The contact that an unknown number becomes. */
export async function newContact(call: CallFacts, options: StrangerOptions): Promise<NewContact> {
  const { settings, hooks } = options
  const { rule, user } = ownerOf(call, options)
  const name = fillTemplate(rule.contactName, valuesOf(call, settings)) || call.phone
  const contact: NewContact = { name, phone: call.phone, ...(user !== undefined && { owner: user }) }
  return hooked(hooks, 'contact-creation', contact, { call })
}

/** The incoming lead that an unknown number becomes, contact and call note included. */
export async function newIncomingLead(call: CallFacts, options: IncomingLeadOptions): Promise<NewIncomingLead> {
  const { settings, hooks, recordingUrl } = options
  const { rule, person } = ownerOf(call, options)
  const values = valuesOf(call, settings)
  // The CRM wants a name for the source, also when the trunk did not say which number was called.
  const line = call.line || call.uniq.slice(0, call.uniq.indexOf('/'))
  const lead: NewIncomingLead = {
    name: fillTemplate(rule.lead.name, values) || call.phone,
    contactName: fillTemplate(rule.contactName, values) || call.phone,
    uniq: call.uniq,
    phone: call.phone,
    startedAt: call.startedAt,
    talkSeconds: call.talkSeconds,
    person,
    line,
    lineName: settings.lineName(call.line) || line,
    pipeline: rule.lead.pipeline,
    ...(rule.lead.tags.length > 0 && { tags: rule.lead.tags }),
    ...(rule.contactFields.length > 0 && { contactFields: filledFields(rule.contactFields, values) }),
    ...(rule.leadFields.length > 0 && { leadFields: filledFields(rule.leadFields, values) }),
    ...(recordingUrl !== undefined && { recordingUrl }),
  }
  return hooked(hooks, 'unsorted-creation', lead, { call })
}

/** Incoming leads are of those who call. */
export function isForUnsorted(call: CallFacts, settings: RegistrationSettings): boolean {
  return call.direction === 'in' && ruleOf(call, false, settings).rule.create === 'unsorted'
}

function ownerOf(
  call: CallFacts,
  { settings, draw, tokenUser }: StrangerOptions,
): Responsible & { readonly rule: KindRule } {
  const { rule } = ruleOf(call, false, settings)
  return { rule, ...responsible(rule.responsible, peopleOfCall(call, settings, { rule, draw, tokenUser })) }
}
