import type { Call } from '../calls/call.ts'
import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import { whoTried } from './call-facts.ts'
import type { RegistrationSettings } from './settings.ts'

export type WhyUnregistered = WhyKeptOut | 'not-ended'

export type WhyKeptOut =
  /** The call opted out, or the PBX turned its caller away. */
  | 'skipped'
  | 'internal'
  | 'no-client-number'
  | 'before-first-start'
  | 'service-not-on'
  | 'line-not-on'
  | 'people-not-on'
  | 'ignored-number'
  | 'ignored-line'
  | 'ignored-people'
  /** A customer's script said so. */
  | 'hook'

/** Why a call leaves nothing in the CRM; undefined when it is to be registered. */
export function whyUnregistered(call: Call, settings: RegistrationSettings): WhyUnregistered | undefined {
  return call.endedAt === undefined || call.result === undefined ? 'not-ended' : whyKeptOut(call, settings)
}

/** The same while the call goes on. The strictest of service, line and people decides. */
export function whyKeptOut(call: Call, settings: RegistrationSettings): WhyKeptOut | undefined {
  if (call.skipped) return 'skipped'
  if (call.direction === 'internal') return 'internal'
  const phone = normalisePhone(call.client, settings.country)
  const key = phoneKey(phone)
  const hidden = call.client === '' && call.direction === 'in' && settings.hiddenNumberContact !== undefined
  if (key === undefined && !hidden) return 'no-client-number'
  if (call.startedAt < settings.firstStartAt) return 'before-first-start'
  if (settings.mode !== 'on') return 'service-not-on'
  if (!isOn(settings.lineModes.get(call.line))) return 'line-not-on'
  const { numbers, patterns, lines, listed, extensions } = settings.ignore
  if (lines.has(call.line)) return 'ignored-line'
  if (key !== undefined && (numbers.has(key) || listed(key) || patterns.some((each) => each.test(phone))))
    return 'ignored-number'
  const only = settings.onlyExtensions
  if (!anyOf(call, (extension) => isOn(settings.personModes.get(extension)))) return 'people-not-on'
  if (!anyOf(call, (extension) => !extensions.has(extension) && (only.size === 0 || only.has(extension))))
    return 'ignored-people'
  return undefined
}

/** Whoever talked last decides; when nobody did, one person who counts is enough to make the call everybody's business. */
function anyOf(call: Call, counts: (extension: string) => boolean): boolean {
  if (call.responsible !== '') return counts(call.responsible)
  const tried = whoTried(call)
  return tried.length === 0 || tried.some(counts)
}

function isOn(mode: string | undefined): boolean {
  return mode === undefined || mode === 'on'
}
