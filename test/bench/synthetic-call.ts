import type { CallEvent, ChannelFacts } from '../../src/calls/call-event.ts'

/** Length of a synthetic call. */
export const CALL_MS = 60_000

/**
 * The events of an answered call as Asterisk tells them behind our filter: the trunk's leg, the phone's, their bridge.
 * @param number makes every id unlike another call's
 * @param from epoch milliseconds of its first event
 */
export function syntheticCall(number: number, from: number): readonly CallEvent[] {
  const linkedid = `1795000000.${number * 2}`
  const phone = `10${number % 10}`
  const channel = (id: string, name: string, state: string, callerNumber: string): ChannelFacts => ({
    id,
    name,
    state,
    createdAt: from,
    linkedid,
    callerNumber,
    exten: '7001',
    context: 'from-trunk',
  })
  const client = (state: string) =>
    channel(linkedid, `PJSIP/trunk-${hex(number * 2)}`, state, `+7922${String(1_000_000 + (number % 9_000_000))}`)
  const person = (state: string) =>
    channel(`1795000000.${number * 2 + 1}`, `PJSIP/${phone}-${hex(number * 2 + 1)}`, state, phone)
  const bridge = { id: `bridge-${number}`, class: 'basic' } as const
  const dial = (at: number, status: string, state: string): CallEvent => ({
    kind: 'dial',
    at: from + at,
    caller: client('Ring'),
    peer: person(state),
    dialstring: phone,
    status,
  })
  const until = CALL_MS - 3_000
  return [
    { kind: 'channel-created', at: from, channel: client('Ring'), born: 'arriving' },
    { kind: 'channel-seen', at: from + 10, channel: client('Ring') },
    { kind: 'channel-created', at: from + 100, channel: person('Down'), born: 'dialled' },
    dial(101, '', 'Down'),
    dial(200, 'RINGING', 'Ringing'),
    { kind: 'channel-seen', at: from + 201, channel: person('Ringing') },
    { kind: 'channel-seen', at: from + 4_000, channel: person('Up') },
    dial(4_001, 'ANSWER', 'Up'),
    { kind: 'channel-seen', at: from + 4_002, channel: client('Up') },
    { kind: 'bridge-entered', at: from + 4_010, channel: person('Up'), bridge },
    { kind: 'bridge-entered', at: from + 4_011, channel: client('Up'), bridge },
    { kind: 'hangup-requested', at: from + until, channel: client('Up'), by: 'device' },
    { kind: 'bridge-left', at: from + until + 1, channel: client('Up'), bridge },
    { kind: 'bridge-left', at: from + until + 2, channel: person('Up'), bridge },
    { kind: 'bridge-gone', at: from + until + 3, bridge },
    { kind: 'channel-gone', at: from + until + 4, channel: person('Up'), cause: 16 },
    { kind: 'channel-gone', at: from + until + 5, channel: client('Up'), cause: 16 },
  ]
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}
