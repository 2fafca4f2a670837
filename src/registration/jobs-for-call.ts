import type { Call } from '../calls/call.ts'
import type { CallNoteStatus } from '../crm/port.ts'
import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import type { NewJob } from '../outbox/job.ts'
import { attribute, type CallPeople, type StaffRef } from './attribution.ts'
import type { CallNotePayload, ClientPayload, TaskPayload, UnsortedPayload } from './payloads.ts'
import type { RegistrationSettings } from './settings.ts'
import { whoTried, whyUnregistered } from './why-unregistered.ts'

/** Q.850 causes that mean the number itself is wrong (design section 3). */
const WRONG_NUMBER_CAUSES: readonly number[] = [1, 3, 22, 28]
/** The CRM takes an answered call of no seconds for a missed one. */
const SHORTEST_CONVERSATION = 1

/**
 * The CRM writes an ended call needs: find or create its client, then (missed, by setting) a task, then the call note. Where unknown
 * callers become incoming leads, the first job is `unsorted` in place of `client`: whether the number is known shows only when it is sent.
 * Empty when the call is not to be registered; `whyUnregistered` tells the reason.
 * @param pbx name of the PBX from the config; part of every key.
 */
export function jobsForCall(call: Call, settings: RegistrationSettings, pbx: string): readonly NewJob[] {
  if (whyUnregistered(call, settings) !== undefined || call.endedAt === undefined) return []
  const phone = normalisePhone(call.client, settings.country)
  const uniq = `${pbx}/${call.id}`
  const people = peopleOf(call, settings)
  const quietAt = call.endedAt + settings.quietAfterSeconds * 1000
  const common = {
    lane: phoneKey(phone) ?? phone,
    urgency: call.evidence === 'cel' || call.evidence === 'cdr' ? 'backfill' : 'live',
  } as const
  const talkSeconds = call.answered ? Math.max(SHORTEST_CONVERSATION, Math.round(call.talkSeconds)) : 0
  const known = { uniq, phone, people, startedAt: call.startedAt, talkSeconds, quietAt }
  const first = { ...common, ...clientJob(call, known, settings, pbx) }
  const jobs: NewJob[] = [first]
  if (settings.missedTask.enabled && isMissed(call)) {
    const payload: TaskPayload = {
      text: settings.missedTask.text.replaceAll('{phone}', phone),
      deadline: call.endedAt + settings.missedTask.hours * 3_600_000,
      people,
      quietAt,
    }
    jobs.push({ ...common, key: `${uniq}:task`, kind: 'task', after: first.key, payload })
  }
  const payload: CallNotePayload = {
    ...known,
    direction: people.direction,
    status: noteStatus(call),
  }
  jobs.push({ ...common, key: `${uniq}:note`, kind: 'call-note', after: first.key, payload })
  return jobs
}

/** The CRM's word for how the call ended (design section 3). */
export function noteStatus(call: Pick<Call, 'result' | 'hangupCause'>): CallNoteStatus {
  switch (call.result) {
    case 'answered':
    case 'voicemail':
    case 'busy':
      return call.result
    case 'failed':
      return WRONG_NUMBER_CAUSES.includes(call.hangupCause ?? 0) ? 'wrong-number' : 'not-reached'
    default:
      return 'not-reached'
  }
}

type KnownOfCall = Pick<UnsortedPayload, 'uniq' | 'phone' | 'people' | 'startedAt' | 'talkSeconds' | 'quietAt'>

function clientJob(call: Call, known: KnownOfCall, settings: RegistrationSettings, pbx: string) {
  const { uniq, phone, people } = known
  const payload = clientPayload(phone, people, settings)
  const unknown = people.direction === 'out' ? settings.unknownCalled : settings.unknownCaller
  switch (unknown) {
    case 'contact':
      return { key: `${uniq}:client`, kind: 'client', payload }
    case 'nothing':
      return { key: `${uniq}:client`, kind: 'client', payload: { ...payload, unknown } }
    case 'unsorted':
      return {
        key: `${uniq}:unsorted`,
        kind: 'unsorted',
        payload: { ...payload, ...known, ...lineOf(call, settings, pbx) },
      }
    default:
      return unknown satisfies never
  }
}

/** The CRM wants a name for the source of an incoming lead, also when the trunk did not say which number was called. */
function lineOf(call: Call, settings: RegistrationSettings, pbx: string) {
  const line = call.line || pbx
  const { label = '', pipeline } = settings.lines.get(call.line) ?? {}
  return { line, lineName: label || line, ...(pipeline !== undefined && { pipeline }) }
}

function clientPayload(phone: string, people: CallPeople, settings: RegistrationSettings): ClientPayload {
  const owner = attribute(people, undefined).author
  return {
    phone,
    name: settings.contactName.replaceAll('{phone}', phone),
    ...(owner !== undefined && { owner }),
  }
}

function peopleOf(call: Call, settings: RegistrationSettings): CallPeople {
  const ref = (extension: string): StaffRef => {
    const user = settings.users.get(extension)
    return { extension, ...(user !== undefined && { user }) }
  }
  return {
    direction: call.direction === 'out' ? 'out' : 'in',
    ...(call.responsible !== '' && { talked: ref(call.responsible) }),
    tried: call.answered ? [] : whoTried(call).map(ref),
    ...(settings.defaultUser !== undefined && { defaultUser: settings.defaultUser }),
  }
}

/** Nobody of the house talked to a client who called. */
function isMissed(call: Call): boolean {
  return call.direction === 'in' && !call.answered
}
