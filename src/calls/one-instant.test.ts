import { expect, test } from 'vitest'
import { staff } from '../../test/calls/generated/watched-fold.ts'
import type { CallEvent, ChannelFacts } from './call-event.ts'
import { createCallTracker } from './call-tracker.ts'

/** Found by the properties: what one instant holds may be told in any order. */

const caller: ChannelFacts = { id: '1.1', linkedid: '1.1', name: 'PJSIP/102-1', state: 'Ring', callerNumber: '102' }
const peer: ChannelFacts = { id: '1.2', linkedid: '1.1', name: 'PJSIP/101-2', state: 'Down' }
const born: CallEvent = { kind: 'channel-created', at: 0, channel: caller, born: 'arriving' }
const dialled: CallEvent = { kind: 'channel-created', at: 0, channel: peer, born: 'dialled' }
const rest: readonly CallEvent[] = [
  { kind: 'dial', at: 0, caller, peer, dialstring: '101', status: '' },
  { kind: 'channel-gone', at: 9, channel: caller, cause: 16 },
  { kind: 'channel-gone', at: 9, channel: peer, cause: 16 },
  { kind: 'clock', at: 9_000 },
]

function ended(...events: readonly CallEvent[]) {
  const tracker = createCallTracker({ staff, country: 'RU' })
  const phases = events.flatMap((event) => tracker.take(event))
  return { calls: phases.flatMap((phase) => (phase.kind === 'ended' ? [phase.call] : [])), noise: tracker.noiseCount() }
}

test('given a phone is told before the one who dialled it, then the call was still begun by the dialler', () => {
  expect(ended(dialled, born, ...rest)).toEqual(ended(born, dialled, ...rest))
  expect(ended(dialled, born, ...rest).calls).toMatchObject([{ id: '1.1', startedBy: '102' }])
})

test('given the dialler is a scanner, then it is noise in either order', () => {
  const unknown = { ...caller, name: 'PJSIP/anonymous-1' }
  const scan = [{ ...born, channel: unknown }, dialled] as const
  const end = rest
    .slice(1)
    .map((event) => ('channel' in event && event.channel === caller ? { ...event, channel: unknown } : event))
  expect(ended(...scan, ...end)).toEqual({ calls: [], noise: 1 })
  expect(ended(...scan.toReversed(), ...end)).toEqual({ calls: [], noise: 1 })
})
