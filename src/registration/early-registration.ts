import type { Phase } from '../calls/call.ts'
import type { EntityRef } from '../crm/port.ts'
import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import type { NewJob } from '../outbox/job.ts'
import type { ContactIndex } from '../store/ports.ts'
import { callFacts } from './call-facts.ts'
import { hooked, type RegistrationHooks } from './hooks.ts'
import { earlyJobs } from './jobs-for-call.ts'
import { kindOfCall } from './rules/kind-of-call.ts'
import type { Moment } from './rules/kind-rule.ts'
import type { RegistrationSettings } from './settings.ts'
import { whyKeptOut } from './why-unregistered.ts'

export interface EarlyRegistrationDeps {
  readonly index: Pick<ContactIndex, 'lookup'>
  readonly settings: () => RegistrationSettings
  readonly hooks: RegistrationHooks
  readonly pbx: string
  /** The card in the CRM on which a call was started. */
  readonly clickedOn: (callId: string) => EntityRef | undefined
}

/**
 * What a rule wants made at the first ring or at the answer. Incoming leads wait for the end: the CRM writes the call from them. At the
 * end the same jobs are said again and change nothing.
 */
export async function earlyRegistration(phase: Phase, deps: EarlyRegistrationDeps): Promise<readonly NewJob[]> {
  const moment = momentOf(phase)
  if (moment === undefined) return []
  const { call, at } = phase
  const { index, hooks, pbx, clickedOn } = deps
  const settings = deps.settings()
  if (whyKeptOut(call, settings) !== undefined) return []
  const { country, quietAfterSeconds } = settings
  const told = callFacts(call, { pbx, country, quietAfterSeconds, moment, at, clicked: clickedOn(call.id) })
  const phone = normalisePhone(await hooked(hooks, 'client-phone', told.phone, { call: told }), country)
  const facts = { ...told, phone: phone || told.phone }
  const key = phoneKey(facts.phone)
  if (key === undefined) return []
  const known = (await index.lookup(key)).length > 0
  const rule = settings.rulesOf(call.line)[kindOfCall(facts, known)]
  const makes = rule.create === 'lead' || (rule.create === 'contact' && !known)
  if (!makes || rule.when !== moment) return []
  return (await hooked(hooks, 'need-registration', true, { call: facts })) ? earlyJobs(facts, settings) : []
}

function momentOf({ kind, call }: Phase): Exclude<Moment, 'end'> | undefined {
  // Whoever is rung after the call was taken (a transfer) does not make it ring anew.
  if (kind === 'ringing' && !call.answered) return 'ring'
  return kind === 'conversation-started' ? 'answer' : undefined
}
