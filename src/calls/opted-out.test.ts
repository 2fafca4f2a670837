import { expect, test } from 'vitest'
import type { CallEvent } from './call-event.ts'
import { optedOut } from './opted-out.ts'

const channel = { id: '1.1', name: 'PJSIP/trunk-1' }
const events: readonly CallEvent[] = [
  { kind: 'channel-created', at: 0, channel, born: 'arriving' },
  { kind: 'bridge-gone', at: 1, bridge: { id: 'b', class: 'basic' } },
]

test('given a call of which no channel opted out, when asked, then it counts', () => {
  expect(optedOut(events)).toBe(false)
})

test('given a channel that opted out on the way, when asked, then the call does not count', () => {
  expect(optedOut([...events, { kind: 'channel-seen', at: 2, channel: { ...channel, skipped: true } }])).toBe(true)
})
