import type { Call } from '../calls/call.ts'
import type { CallNoteStatus, EntityRef } from '../crm/port.ts'
import { normalisePhone } from '../numbers/phone-number.ts'
import { noteStatus } from './note-status.ts'
import type { Moment } from './rules/kind-rule.ts'

/** What the CRM is to know of a call, as it travels in its jobs. Plain JSON, small: an outage may pile up ten thousand of them. */
export interface CallFacts {
  /** `<pbx>/<call id>`. */
  readonly uniq: string
  /** What the facts were taken for: the call's end, or something that is done before it. */
  readonly moment: Moment
  readonly direction: 'in' | 'out'
  /** As normalised by `numbers/`; empty when withheld. */
  readonly phone: string
  readonly line: string
  readonly startedAt: number
  /** Of a call that goes on: when the facts were taken. */
  readonly endedAt: number
  readonly answered: boolean
  readonly waitSeconds: number
  /** Whole seconds; an answered call has at least one. */
  readonly talkSeconds: number
  readonly status: CallNoteStatus
  /** Everybody who talked, the last one last. Seconds are their own. */
  readonly talked: readonly { readonly extension: string; readonly seconds: number }[]
  /** Everybody who was rung, in order, and last whoever began an outbound call. */
  readonly rang: readonly string[]
  readonly transfers: readonly { readonly from: string; readonly to: string }[]
  readonly ivr: string
  readonly recordings: readonly string[]
  /** The card in the CRM on which the call was started. */
  readonly clicked?: EntityRef
  /** From this instant on only note and contact are written, and automations are left alone. */
  readonly quietAt: number
}

/** The CRM takes an answered call of no seconds for a missed one. */
const SHORTEST_CONVERSATION = 1

export interface FactsOptions {
  readonly pbx: string
  readonly country: string
  readonly quietAfterSeconds: number
  readonly moment: Moment
  /** Epoch milliseconds of the call's own clock, for a call that goes on. */
  readonly at: number
  readonly clicked?: EntityRef | undefined
}

export function callFacts(
  call: Call,
  { pbx, country, quietAfterSeconds, moment, at, clicked }: FactsOptions,
): CallFacts {
  const endedAt = call.endedAt ?? at
  return {
    uniq: `${pbx}/${call.id}`,
    moment,
    direction: call.direction === 'out' ? 'out' : 'in',
    phone: normalisePhone(call.client, country),
    line: call.line,
    startedAt: call.startedAt,
    endedAt,
    answered: call.answered,
    waitSeconds: call.waitSeconds,
    talkSeconds: call.answered ? wholeSeconds(call.talkSeconds) : 0,
    status: noteStatus(call),
    talked: whoTalked(call),
    rang: whoTried(call),
    transfers: call.transfers.map(({ from, to }) => ({ from, to })),
    ivr: call.ivr,
    recordings: call.recordings,
    ...(clicked && { clicked }),
    quietAt: endedAt + quietAfterSeconds * 1000,
  }
}

/** Of everybody who was rung, in order, and last whoever began it. */
export function whoTried(call: Pick<Call, 'people' | 'startedBy'>): readonly string[] {
  const rung = call.people.filter((person) => person.rang).map((person) => person.extension)
  return call.startedBy === undefined
    ? rung
    : [...rung.filter((extension) => extension !== call.startedBy), call.startedBy]
}

/** In the order in which they talked, as far as rings and transfers tell it. */
function whoTalked(call: Pick<Call, 'people' | 'transfers' | 'responsible'>): CallFacts['talked'] {
  const seconds = new Map(
    call.people.filter((person) => person.talkSeconds > 0).map((person) => [person.extension, person.talkSeconds]),
  )
  // Somebody who has just lifted the receiver has no seconds yet.
  if (call.responsible !== '' && !seconds.has(call.responsible)) seconds.set(call.responsible, 0)
  const passedOn = call.transfers.flatMap(({ from, to }) => [from, to]).filter((extension) => seconds.has(extension))
  const order = new Set([...passedOn, ...seconds.keys()])
  order.delete(call.responsible)
  if (call.responsible !== '') order.add(call.responsible)
  return [...order].map((extension) => ({ extension, seconds: wholeSeconds(seconds.get(extension) ?? 0) }))
}

function wholeSeconds(seconds: number): number {
  return Math.max(SHORTEST_CONVERSATION, Math.round(seconds))
}
