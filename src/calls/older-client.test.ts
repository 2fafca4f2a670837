import { expect, test } from 'vitest'
import type { ChannelFacts } from './call-event.ts'
import { createCallTracker } from './call-tracker.ts'

test('given a gap, when the client turns out to be older than the channel the call was known by, then the call began with the client', () => {
  const tracker = createCallTracker({ staff: { internal: /^1\d\d$/, people: [] }, country: 'RU' })
  const colleague: ChannelFacts = { id: '1.9', linkedid: '1.1', name: 'PJSIP/101-9', state: 'Up', createdAt: 9_000 }
  const client: ChannelFacts = {
    ...{ id: '1.1', linkedid: '1.1', name: 'PJSIP/trunk-1', state: 'Up', createdAt: 1_000 },
    ...{ app: 'AppDial', appData: '(Outgoing Line)', callerNumber: '79221532327' },
  }
  tracker.take({ kind: 'channel-created', at: 9_000, channel: colleague, born: 'arriving' })
  const bridges = [{ id: 'b', class: 'basic' as const, channelIds: ['1.1', '1.9'] }]
  tracker.take({ kind: 'snapshot', at: 12_000, channels: [client, colleague], bridges })
  const [call] = tracker.live()
  expect(call).toMatchObject({ direction: 'out', startedAt: 1_000, answered: true, evidence: 'reconstructed' })
  expect(call).not.toHaveProperty('clientSince')
})
