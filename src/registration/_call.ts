import type { Call, PersonInCall } from '../calls/call.ts'
import { NOON, PHONE } from './_settings.ts'

/** An inbound call on line 7001 that extension 101 took. */
export function callWith(change: Partial<Call> = {}): Call {
  return {
    id: '1795164754.2',
    linkedids: ['1795164754.2'],
    direction: 'in',
    client: PHONE,
    line: '7001',
    startedAt: NOON,
    endedAt: NOON + 9_900,
    answered: true,
    result: 'answered',
    waitSeconds: 1.9,
    talkSeconds: 8.4,
    responsible: '101',
    hangupCause: 16,
    evidence: 'live',
    people: [personIn('101', 8.4)],
    transfers: [],
    ivr: '',
    recordings: [],
    ...change,
  }
}

export function personIn(extension: string, talkSeconds = 0): PersonInCall {
  return { extension, rang: true, rangSeconds: 1.9, talkSeconds, holdSeconds: 0 }
}

/** Nobody took it. */
export const nobodyTook = { answered: false, result: 'missed', talkSeconds: 0, responsible: '' } as const
