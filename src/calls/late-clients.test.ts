import { describe, expect, test } from 'vitest'
import { answered, clientHangsUp, START, Story } from '../../test/calls/story.ts'
import type { ChannelFacts } from './call-event.ts'

describe('colleagues who talk before there is a client', () => {
  const colleagues = () =>
    new Story().at(0).arrives('101/a', { exten: '102' }).dials('101/a', '102/a').at(2).talk('basic-1', '101/a', '102/a')

  test('given 102 sends 101 on to a client, then the call waits from the dialling of the client, and has that conversation only', () => {
    const story = colleagues()
      .at(12)
      .blindTransfers('102/a', '101/a', '89221532327')
      .leaves('basic-1', '102/a', '101/a')
    story.ends('102/a').dials('101/a', 'trunk/1', '89221532327').at(15).talk('basic-2', '101/a', 'trunk/1')
    const call = story.at(20).ends('trunk/1').ends('101/a').call()
    expect(call).toMatchObject({ direction: 'out', client: '+79221532327', waitSeconds: 3, talkSeconds: 5 })
    expect(call).toMatchObject({ responsible: '101', clientSince: START + 12_000, startedAt: START })
    expect(story.told().slice(2)).toEqual(
      [
        'conversation-started 101',
        'conversation-started 102',
        'conversation-ended 101',
        'conversation-ended 102',
      ].concat(['arrived', 'conversation-started 101', 'conversation-ended 101', 'ended']),
    )
  })

  test('given the client does not answer, then the call is not answered', () => {
    const story = colleagues().at(12).leaves('basic-1', '102/a', '101/a').ends('102/a')
    story.dials('101/a', 'trunk/1', '89221532327').at(20).ends('trunk/1', { cause: 17 }).ends('101/a')
    expect(story.call()).toMatchObject({ answered: false, result: 'busy', waitSeconds: 8, talkSeconds: 0 })
  })

  test('given the client is conferenced in by 101, then both talk with the client', () => {
    const story = colleagues().at(10).holds('101/a').leaves('basic-1', '101/a').enters('basic-2', '101/a')
    story.dials('101/a', 'trunk/1', '89221532327').at(13).talk('basic-2', 'trunk/1')
    story.at(15).leaves('basic-2', '101/a', 'trunk/1').enters('basic-1', '101/a', 'trunk/1').at(20).ends('trunk/1')
    expect(story.ends('101/a').ends('102/a').call()).toMatchObject({
      ...{ direction: 'out', waitSeconds: 3, talkSeconds: 7 },
      people: [
        { extension: '102', talkSeconds: 5 },
        { extension: '101', talkSeconds: 7, holdSeconds: 0 },
      ],
    })
  })
})

test('given no linkedids, when a colleague whose client has left dials the next one, then that is another call', () => {
  const story = new Story()
  const colleague: ChannelFacts = { id: 'c', name: 'PJSIP/101-1', state: 'Ring', exten: '89221532327' }
  const dial = (at: number, id: string, number: string) => {
    const peer: ChannelFacts = { id, name: `PJSIP/trunk-${id}`, state: 'Down' }
    story.says({ kind: 'channel-created', at: START + at, channel: peer, born: 'dialled' })
    story.says({ kind: 'dial', at: START + at, caller: colleague, peer, dialstring: `${number}@trunk`, status: '' })
    return peer
  }
  story.says({ kind: 'channel-created', at: START, channel: colleague, born: 'arriving' })
  for (const [at, id, number] of [
    [0, 't1', '89221532327'],
    [20_000, 't2', '89161112233'],
  ] as const) {
    const peer = { ...dial(at, id, number), state: 'Up' }
    for (const channel of [peer, { ...colleague, state: 'Up' }]) {
      story.says({ kind: 'bridge-entered', at: START + at + 2000, channel, bridge: { id, class: 'basic' } })
    }
    story.says({ kind: 'channel-gone', at: START + at + 5000, channel: peer, cause: 16 })
    story.says({ kind: 'bridge-left', at: START + at + 5000, channel: colleague, bridge: { id, class: 'basic' } })
  }
  story.says({ kind: 'channel-gone', at: START + 26_000, channel: colleague, cause: 16 })
  expect(story.at(30).ended()).toMatchObject([
    { id: 'c', client: '+79221532327', talkSeconds: 3 },
    { id: 'c#2', client: '+79161112233', talkSeconds: 3, responsible: '101', startedAt: START + 20_000 },
  ])
  expect(story.tracker.find('c#2')?.id).toBe('c#2')
})

test('given a person goes on at another phone within 200 ms, then that is one conversation', () => {
  const story = answered().at(5).leaves('basic-1', '101/desk').ends('101/desk').at(5.1)
  story.arrives('101/soft', { exten: '*8' }).talk('basic-1', '101/soft')
  expect(clientHangsUp(story, 10, 'trunk/1', '101/soft').call()).toMatchObject({
    ...{ talkSeconds: 8, people: [{ extension: '101', talkSeconds: 8 }] },
  })
  expect(story.told().filter((line) => line === 'conversation-started 101')).toHaveLength(1)
})

test('given whole seconds in which everything between two colleagues begins and ends together, then who was called talked last', () => {
  const story = new Story().at(0).arrives('107/a', { exten: '102' }).dials('107/a', '102/a')
  story.talk('basic-1', '107/a', '102/a').at(3).ends('107/a').ends('102/a')
  expect(story.call().responsible).toBe('102')
})

test.each(['device', 'pbx'] as const)(
  'given hang-up requests come in any order, when the %s was first, then it is who hung up',
  (first) => {
    const story = new Story().at(0).arrives('trunk/1')
    const channel = story.facts('trunk/1')
    const second = first === 'device' ? 'pbx' : 'device'
    story.says({ kind: 'hangup-requested', at: START + 4001, channel, by: second })
    story.says({ kind: 'hangup-requested', at: START + 4000, channel, by: first })
    story.says({ kind: 'channel-gone', at: START + 4002, channel, cause: 16 })
    expect(story.at(4).call().result).toBe(first === 'device' ? 'abandoned' : 'missed')
  },
)

describe('what is no answer', () => {
  test('given an announcement answers first, then the wait goes on until somebody talks', () => {
    const story = new Story().at(0).arrives('trunk/1').answers('trunk/1').sees('trunk/1', { app: 'Playback' })
    story.at(6).dials('trunk/1', '101/desk').at(9).talk('basic-1', '101/desk', 'trunk/1')
    expect(clientHangsUp(story, 12).call()).toMatchObject({ waitSeconds: 9, talkSeconds: 3, result: 'answered' })
  })

  test('given early media on the way out, then nobody has answered', () => {
    const story = new Story().at(0).arrives('101/a', { exten: '89221532327' }).dials('101/a', 'trunk/1', '89221532327')
    story.at(1).dialEnds('101/a', 'trunk/1', 'PROGRESS').at(9).dialEnds('101/a', 'trunk/1', 'NOANSWER')
    expect(story.ends('trunk/1', { cause: 19 }).ends('101/a').call()).toMatchObject({
      ...{ answered: false, result: 'no-answer', waitSeconds: 9, talkSeconds: 0 },
    })
  })
})
