import { expect, test } from 'vitest'
import type { Call } from './call.ts'
import type { CallEvent, ChannelFacts } from './call-event.ts'
import { createCallTracker } from './call-tracker.ts'

const START = 1_795_164_754_000
const staff = { internal: /^1\d\d$/, people: [{ extension: '101', mobiles: ['79990001122'] }] }

function told(events: readonly CallEvent[], internal = staff.internal): readonly Call[] {
  const tracker = createCallTracker({ staff: { ...staff, internal }, country: 'RU' })
  const all: readonly CallEvent[] = [...events, { kind: 'clock', at: START + 60_000 }]
  return all.flatMap((event) => tracker.take(event)).flatMap((phase) => (phase.kind === 'ended' ? [phase.call] : []))
}

function up(id: string, name: string, more: Partial<ChannelFacts>): ChannelFacts {
  return { id, name, state: 'Up', linkedid: '1.1', createdAt: START, ...more }
}

function gone(at: number, ...channels: readonly ChannelFacts[]): readonly CallEvent[] {
  return channels.map((channel) => ({ kind: 'channel-gone', at: START + at, channel, cause: 16 }))
}

function snapshot(...channels: readonly ChannelFacts[]): CallEvent {
  const bridge = { id: 'b', class: 'basic', channelIds: channels.map(({ id }) => id) } as const
  return { kind: 'snapshot', at: START + 5_000, channels, bridges: [bridge] }
}

const colleague = up('1.1', 'PJSIP/101-1', { app: 'Dial', exten: '89221532327', callerNumber: '101' })

test('given a restart during a call by hand, when it ends, then the client is known by the leg’s own number', () => {
  const client = up('1.2', 'PJSIP/trunk-2', { app: 'AppDial', callerNumber: '89221532327' })
  const [call] = told([snapshot(colleague, client), ...gone(9_000, client, colleague)])
  expect(call).toMatchObject({
    direction: 'out',
    client: '+79221532327',
    result: 'answered',
    responsible: '101',
    evidence: 'reconstructed',
  })
})

test('given a restart during a call to a colleague’s mobile, when it ends, then it is no client’s call', () => {
  const mobile = up('1.2', 'PJSIP/trunk-2', { app: 'AppDial', callerNumber: '79990001122' })
  const [call] = told([snapshot({ ...colleague, name: 'PJSIP/102-1' }, mobile), ...gone(9_000, mobile, colleague)])
  expect(call).toMatchObject({ direction: 'internal', client: '' })
})

test('given a restart while a client, a colleague and a nameless outside leg are up, when the client leaves first, then it stays their call', () => {
  const facts = { app: 'Dial', exten: '600', dnid: '7001', callerNumber: '89221532327' }
  const client = up('1.1', 'PJSIP/trunk-1', facts)
  const desk = up('1.2', 'PJSIP/101-2', { app: 'AppDial' })
  const outside = up('1.3', 'PJSIP/trunk-3', { app: 'AppDial', callerNumber: '' })
  const [call] = told([snapshot(client, desk, outside), ...gone(8_000, client), ...gone(9_000, outside, desk)])
  expect(call).toMatchObject({ direction: 'in', client: '+79221532327', line: '7001' })
})

test.each([
  [{ did: '74951234567', dnid: '7001' }, '74951234567'],
  [{ dnid: '7001' }, '7001'],
  // A queue or a menu, who knows.
  [{}, ''],
])('given a restart while a client waits somewhere in the dialplan with %j, then the line is %j', (facts, line) => {
  const client = up('1.1', 'PJSIP/trunk-1', { app: 'Queue', exten: '600', callerNumber: '89221532327', ...facts })
  expect(told([snapshot(client), ...gone(9_000, client)])).toMatchObject([{ direction: 'in', line }])
})

test('given a cause that comes right behind the snapshot that ended the call, then it is not thrown away', () => {
  const client = up('1.1', 'PJSIP/trunk-1', { state: 'Ring', app: 'Dial', exten: '7001', callerNumber: '89221532327' })
  const events: readonly CallEvent[] = [
    { kind: 'channel-created', at: START, born: 'arriving', channel: client },
    { kind: 'snapshot', at: START + 5_000, channels: [], bridges: [] },
    ...gone(5_001, client),
  ]
  expect(told(events)).toMatchObject([{ hangupCause: 16 }])
})

test('given a pattern of extensions without anchors, when a client is called, then their number is not taken for an extension', () => {
  const client = up('1.2', 'PJSIP/trunk-2', { app: 'AppDial', callerNumber: '89221532327' })
  const [call] = told([snapshot(colleague, client), ...gone(9_000, client, colleague)], /1\d\d/)
  expect(call).toMatchObject({ direction: 'out', client: '+79221532327' })
})
