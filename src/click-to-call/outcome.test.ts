import { describe, expect, test } from 'vitest'
import type { Call } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { outcomeOf } from './outcome.ts'

const OWN = 'click-1'
const own = { id: OWN, name: 'PJSIP/101-00000001' }
const client = { id: '1795172573.1', name: 'PJSIP/trunk-00000002' }

const call = (change: Partial<Call>): Call => ({
  id: OWN,
  linkedids: [OWN],
  direction: 'out',
  client: '+79221532327',
  line: 'trunk',
  startedAt: 0,
  endedAt: 1,
  answered: false,
  result: undefined,
  waitSeconds: 0,
  talkSeconds: 0,
  responsible: '',
  hangupCause: undefined,
  evidence: 'live',
  people: [],
  transfers: [],
  ivr: '',
  recordings: [],
  ...change,
})

const rang: readonly CallEvent[] = [
  { kind: 'channel-created', at: 0, channel: { ...own, state: 'Down' }, born: 'dialled' },
  { kind: 'dial', at: 0, peer: own, dialstring: '101', status: '' },
  { kind: 'channel-seen', at: 0, channel: { ...own, state: 'Ringing' } },
]
const pickedUp: CallEvent = { kind: 'channel-seen', at: 1, channel: { ...own, state: 'Up' } }
const gone = (cause?: number): CallEvent => ({
  kind: 'channel-gone',
  at: 9,
  channel: own,
  ...(cause !== undefined && { cause }),
})
const dialled = (status: string): readonly CallEvent[] => [
  ...rang,
  { kind: 'dial', at: 0, peer: own, dialstring: '', status: 'ANSWER' },
  pickedUp,
  { kind: 'dial', at: 2, caller: own, peer: client, dialstring: '79221532327@trunk', status: '' },
  { kind: 'dial', at: 3, caller: own, peer: client, dialstring: '', status },
]

describe('given a client who was dialled', () => {
  test.each([
    ['busy', 17, 'BUSY', 'busy'],
    ['failed', 1, 'NOANSWER', 'wrong-number'],
    ['failed', 28, 'NOANSWER', 'wrong-number'],
    ['failed', 34, 'CONGESTION', 'refused'],
    ['failed', 21, 'NOANSWER', 'refused'],
    ['no-answer', 19, 'NOANSWER', 'no-answer'],
    ['no-answer', 0, 'NOANSWER', 'no-answer'],
  ] as const)(
    'when the interpreter says %s with cause %i, then the dial’s %s does not hide the reason',
    (result, hangupCause, status, reason) => {
      expect(outcomeOf(call({ result, hangupCause }), dialled(status), OWN)).toEqual({
        state: 'failed',
        reason,
        cause: hangupCause,
      })
    },
  )

  test('when the person hung up first, then the client’s own cause is no reason', () => {
    const ended = call({ result: 'no-answer', hangupCause: 127 })
    expect(outcomeOf(ended, dialled('CANCEL'), OWN)).toEqual({ state: 'failed', reason: 'you-hung-up' })
  })

  test('when they talked, then the click has succeeded', () => {
    expect(outcomeOf(call({ answered: true, result: 'answered' }), dialled('ANSWER'), OWN)).toEqual({
      state: 'answered',
    })
  })
})

describe('given a client who was never dialled', () => {
  const none = call({ direction: 'internal', result: 'no-answer' })
  const reasonOf = (events: readonly CallEvent[]) => outcomeOf(none, events, OWN)

  test.each([
    [19, 'not-picked-up'],
    [0, 'not-picked-up'],
    [17, 'phone-refused'],
    [21, 'phone-refused'],
    [18, 'phone-unreachable'],
    [38, 'phone-unreachable'],
  ] as const)('when the own phone ends with cause %i, then the reason is %s', (cause, reason) => {
    expect(reasonOf([...rang, gone(cause)])).toEqual({ state: 'failed', reason, cause })
  })

  test('when the phone was picked up and the PBX dialled nobody, then that is the reason', () => {
    expect(reasonOf([...rang, pickedUp, gone(16)])).toEqual({ state: 'failed', reason: 'not-dialled' })
  })

  test('when the phone was picked up and put down at once, then that is the reason', () => {
    const putDown: CallEvent = { kind: 'hangup-requested', at: 2, channel: own, by: 'device' }
    expect(reasonOf([...rang, pickedUp, putDown, gone(16)])).toEqual({ state: 'failed', reason: 'you-hung-up' })
  })

  test('when nothing was seen at all, then nobody picked up as far as we know', () => {
    expect(reasonOf([])).toEqual({ state: 'failed', reason: 'not-picked-up' })
  })
})
