import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Phase } from '../calls/call.ts'
import type { CallEvent, ChannelFacts } from '../calls/call-event.ts'
import { createCallTracker } from '../calls/call-tracker.ts'
import { createCallPump } from './call-pump.ts'

beforeEach(() => vi.useFakeTimers({ now: 100_000 }))
afterEach(() => vi.useRealTimers())

const client: ChannelFacts = {
  id: '1.1',
  name: 'PJSIP/trunk-1',
  linkedid: '1.1',
  state: 'Ring',
  callerNumber: '+79221532327',
  exten: '7001',
}
const missed: readonly CallEvent[] = [
  { kind: 'channel-created', at: 100_000, born: 'arriving', channel: client },
  { kind: 'channel-gone', at: 101_000, channel: client, cause: 16 },
]

function pumped(react?: (phase: Phase) => void) {
  const told: string[] = []
  const failures: unknown[] = []
  const tracker = createCallTracker({ staff: { internal: /^1..$/, people: [] }, country: 'RU' })
  const pump = createCallPump({
    tracker,
    asteriskNow: Date.now,
    react: (phase) => {
      told.push(phase.kind)
      react?.(phase)
    },
    failed: (error) => failures.push(error),
  })
  return { pump, told, failures }
}

test('given a call that is over, when it has settled, then its end is told without a further event', () => {
  const { pump, told } = pumped()
  pump.take(missed)
  expect(told).toEqual(['arrived'])
  vi.advanceTimersByTime(4_000)
  expect(told).toEqual(['arrived', 'ended'])
})

test('given a call that only has to settle, when the service ends, then its end is told before', () => {
  const { pump, told } = pumped()
  pump.take(missed)
  vi.setSystemTime(101_100)
  pump[Symbol.dispose]()
  expect(told).toEqual(['arrived', 'ended'])
})

test('given a live call, when the service ends, then the call is left to the next start', () => {
  const { pump, told } = pumped()
  pump.take(missed.slice(0, 1))
  pump[Symbol.dispose]()
  expect(told).toEqual(['arrived'])
})

test('given a reaction that fails, when further events come, then they are followed all the same', () => {
  const { pump, told, failures } = pumped((phase) => {
    if (phase.kind === 'arrived') throw new Error('defect')
  })
  pump.take(missed)
  vi.advanceTimersByTime(4_000)
  expect(failures).toHaveLength(1)
  expect(told).toContain('ended')
})

test('given a clock far ahead, when the end is due only in a month, then nothing spins meanwhile', () => {
  const { pump } = pumped()
  pump.take([
    { kind: 'channel-created', at: 3e12, born: 'arriving', channel: client },
    { kind: 'channel-gone', at: 3e12, channel: client, cause: 16 },
  ])
  const before = vi.getTimerCount()
  vi.advanceTimersByTime(30_000)
  expect(vi.getTimerCount()).toBe(before)
})
