import { expect, test } from 'vitest'
import { CLOCK_EVENT } from './asterisk-clock.ts'
import { decodeAri } from './decode-ari.ts'
import { unreadEvents } from './event-filter.ts'

const channel = { id: '1.1', name: 'PJSIP/101-1', state: 'Up', caller: { name: '', number: '' } }
const message = (type: string) => ({
  type,
  timestamp: '2026-11-20T08:52:34.091+0000',
  channel,
  bridge: { id: 'b', bridge_class: 'basic', bridge_type: 'mixing', technology: 'simple_bridge', channels: [] },
  bridge_from: { id: 'c', bridge_class: 'basic', bridge_type: 'mixing', technology: 'simple_bridge', channels: [] },
  recording: { name: 'r', format: 'wav', target_uri: 'channel:1.1' },
})

test('given the types that are refused, when the interpreter is asked, then it reads none of them beyond what channelvars tell', () => {
  const told = unreadEvents.flatMap((type) => decodeAri(message(type)))
  expect(told.filter(({ kind }) => kind !== 'channel-seen')).toEqual([])
})

test('given what the room itself lives by, when the list is looked through, then none of it is refused', () => {
  for (const needed of [
    'StasisStart',
    'StasisEnd',
    'ChannelUserevent',
    'ApplicationReplaced',
    'ChannelDestroyed',
    'Dial',
  ])
    expect(unreadEvents).not.toContain(needed)
  expect(CLOCK_EVENT).toMatch(/^\w+$/)
})
