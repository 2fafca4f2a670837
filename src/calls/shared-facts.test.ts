import { expect, test } from 'vitest'
import type { CallEvent, ChannelFacts } from './call-event.ts'
import { createCallTracker } from './call-tracker.ts'

const told = (more: Partial<ChannelFacts> = {}): ChannelFacts => ({
  ...{ id: '1.1', name: 'PJSIP/trunk-1', state: 'Ring', linkedid: '1.1', callerNumber: '+79221532327', exten: '7001' },
  ...more,
})
const seen = (at: number, channel: ChannelFacts): CallEvent => ({ kind: 'channel-seen', at, channel })

function kept(...events: readonly CallEvent[]): readonly CallEvent[] {
  const tracker = createCallTracker({ staff: { internal: /^1\d\d$/, people: [] }, country: 'RU' })
  for (const event of events) tracker.take(event)
  return tracker.events('1.1')
}

test('given messages that repeat what is known of a channel, then it is kept once', () => {
  const [first, second, third] = kept(
    { kind: 'channel-created', at: 1, channel: told(), born: 'arriving' },
    seen(2, told()),
    seen(3, told()),
  )
  const channels = [first, second, third].map((event) => (event && 'channel' in event ? event.channel : undefined))
  expect(channels[0]).toEqual(told())
  expect(channels[1]).toBe(channels[0])
  expect(channels[2]).toBe(channels[0])
})

test('given news, also that a fact is gone, then each event is kept as it was told', () => {
  const { exten: _, ...bare } = told({ state: 'Up' })
  const news = [
    told({ state: 'Up' }),
    bare,
    told({ skipped: true }),
    told({ voicemail: 'SUCCESS' }),
    told({ createdAt: 5 }),
  ]
  const events = kept(...news.map((channel, index) => seen(index, channel)))
  expect(events).toEqual(news.map((channel, index) => seen(index, channel)))
})
