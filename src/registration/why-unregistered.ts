import type { Call } from '../calls/call.ts'
import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import type { RegistrationSettings } from './settings.ts'

export type WhyUnregistered =
  | 'not-ended'
  /** The call opted out, or the PBX turned its caller away. */
  | 'skipped'
  | 'internal'
  | 'no-client-number'
  | 'before-first-start'
  | 'service-not-on'
  | 'line-not-on'
  | 'people-not-on'

/** Why a call leaves nothing in the CRM; undefined when it is to be registered. The strictest of service, line and people decides. */
export function whyUnregistered(call: Call, settings: RegistrationSettings): WhyUnregistered | undefined {
  if (call.endedAt === undefined || call.result === undefined) return 'not-ended'
  if (call.skipped) return 'skipped'
  if (call.direction === 'internal') return 'internal'
  if (phoneKey(normalisePhone(call.client, settings.country)) === undefined) return 'no-client-number'
  if (call.startedAt < settings.firstStartAt) return 'before-first-start'
  if (settings.mode !== 'on') return 'service-not-on'
  if (!isOn(settings.lineModes.get(call.line))) return 'line-not-on'
  if (belongsToSilentPeople(call, settings)) return 'people-not-on'
  return undefined
}

/** Whoever talked last decides; when nobody did, one person in mode `on` is enough to make the call everybody's business. */
function belongsToSilentPeople(call: Call, settings: RegistrationSettings): boolean {
  if (call.responsible !== '') return !isOn(settings.personModes.get(call.responsible))
  const tried = whoTried(call)
  return tried.length > 0 && tried.every((extension) => !isOn(settings.personModes.get(extension)))
}

/** Of a call nobody talked in: who was rung, in order, and last whoever began it. */
export function whoTried(call: Call): readonly string[] {
  const rung = call.people.map((person) => person.extension)
  return call.startedBy === undefined
    ? rung
    : [...rung.filter((extension) => extension !== call.startedBy), call.startedBy]
}

function isOn(mode: string | undefined): boolean {
  return mode === undefined || mode === 'on'
}
