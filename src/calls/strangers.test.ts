import { describe, expect, test } from 'vitest'
import { START, Story } from '../../test/calls/story.ts'
import type { ChannelFacts } from './call-event.ts'

describe.each([
  ['known', { trunks: ['trunk'] }],
  ['not known', {}],
])('given trunks are %s', (_, options) => {
  test.each(['anonymous', '203.0.113.7', '203.0.113.7:5060', '[2001:db8::7]'])(
    'when %s arrives, hangs in a menu, answered, and rings a phone, then it is counted and told to nobody',
    (endpoint) => {
      const story = new Story(options).at(0).arrives(`${endpoint}/1`, { number: '1001', exten: '900441' })
      story.answers(`${endpoint}/1`).presses(`${endpoint}/1`, '1').dials(`${endpoint}/1`, '101/a').at(60)
      story.talk('basic-1', '101/a', `${endpoint}/1`).at(70).ends('101/a').ends(`${endpoint}/1`, { by: 'device' })
      expect(story.ended()).toEqual([])
      expect(story.phases).toEqual([])
      expect(story.tracker.noiseCount()).toBe(1)
      expect(story.tracker.live()).toEqual([])
    },
  )
})

test('given a flood of scanners, then a call that ended before is still found', () => {
  const story = new Story().at(0).arrives('trunk/1').at(1).ends('trunk/1').at(5).clock()
  for (let i = 0; i < 500; i++)
    story
      .at(10 + i)
      .arrives(`anonymous/${i}`)
      .ends(`anonymous/${i}`)
  story.ended()
  expect(story.tracker.find('trunk/1')?.result).toBe('missed')
  expect(story.tracker.noiseCount()).toBe(500)
})

test('given trunks are listed but one, when a client is called through that one, then it is an outbound call', () => {
  const story = new Story({ trunks: ['trunk'] }).at(0).arrives('101/a', { exten: '89221532327' })
  const peer: ChannelFacts = { id: 'new/1', name: 'PJSIP/new-1', state: 'Down', linkedid: '101/a' }
  story.says({ kind: 'channel-created', at: START, channel: peer, born: 'dialled' })
  const caller = story.facts('101/a')
  story.says({ kind: 'dial', at: START, caller, peer, dialstring: '89221532327@new', status: '' })
  story.says({ kind: 'channel-gone', at: START + 3000, channel: peer, cause: 17 })
  expect(story.at(3).ends('101/a').call()).toMatchObject({ direction: 'out', client: '+79221532327', result: 'busy' })
})

describe('chan_sip creates the channel of a caller Down and tells a moment later that it rings in', () => {
  const inbound = (name: string, callerNumber: string, exten: string): ChannelFacts => ({
    ...{ id: '1.1', name, state: 'Down', linkedid: '1.1', callerNumber, exten, context: 'from-trunk' },
  })
  const born = (channel: ChannelFacts) => {
    const story = new Story().says({ kind: 'channel-created', at: START, channel, born: 'dialled' })
    return story.says({ kind: 'channel-seen', at: START + 1, channel: { ...channel, state: 'Ring' } })
  }

  test('given a trunk, then a client has arrived', () => {
    const channel = inbound('SIP/trunk-00000001', '89221532327', '7001')
    const story = born(channel)
    expect(story.told()).toEqual(['arrived'])
    story.says({ kind: 'hangup-requested', at: START + 4000, channel, by: 'device' })
    story.says({ kind: 'channel-gone', at: START + 4000, channel, cause: 0 })
    expect(story.at(5).call()).toMatchObject({
      ...{ direction: 'in', client: '+79221532327', line: '7001', result: 'abandoned', waitSeconds: 4, people: [] },
    })
  })

  test('given a colleague dials, then nobody is told that their phone rings', () => {
    const channel = inbound('SIP/101-00000001', '101', '89221532327')
    const story = born(channel)
    expect(story.told()).toEqual([])
    story.says({ kind: 'channel-gone', at: START + 4000, channel, cause: 16 })
    expect(story.at(5).call()).toMatchObject({ direction: 'internal', people: [], startedBy: '101' })
  })

  test('given a scanner, then it is noise', () => {
    const story = born(inbound('SIP/203.0.113.7-00000001', '1001', '900441'))
    story.says({ kind: 'channel-gone', at: START + 4000, channel: inbound('SIP/203.0.113.7-00000001', '', '') })
    expect(story.ended()).toEqual([])
    expect(story.tracker.noiseCount()).toBe(1)
  })
})
