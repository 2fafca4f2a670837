import { describe, expect, test } from 'vitest'
import { answered, clientHangsUp, START, Story } from '../../test/calls/story.ts'

describe('identity', () => {
  test('given 102 picks up a ringing call, when bridged, then its clientless call is absorbed and found by either id', () => {
    const story = new Story()
      .at(0)
      .arrives('trunk/1')
      .dials('trunk/1', '101/a')
      .at(3)
      .arrives('102/a', { exten: '**101' })
    story.answers('102/a').dialEnds('trunk/1', '102/a', 'ANSWER').answers('trunk/1').ends('101/a', { cause: 26 })
    story.enters('basic-1', '102/a', 'trunk/1')
    expect(story.tracker.find('102/a')?.id).toBe('trunk/1')
    const call = clientHangsUp(story, 8, 'trunk/1', '102/a').call()
    expect(call).toMatchObject({ id: 'trunk/1', linkedids: ['trunk/1', '102/a'], responsible: '102' })
    expect(call.people.map(({ extension, rang }) => [extension, rang])).toEqual([
      ['101', true],
      ['102', false],
    ])
  })

  test('given a consultation with a card of its own, when the client is handed over, then the card moves', () => {
    const story = answered()
      .at(4)
      .holds('101/desk')
      .arrives('101/two', { exten: '103', linkedid: 'consult' })
      .dials('101/two', '103/a')
    story
      .at(6)
      .talk('basic-2', '101/two', '103/a')
      .at(9)
      .leaves('basic-2', '101/two')
      .leaves('basic-1', 'trunk/1', '101/desk')
    story
      .enters('basic-2', 'trunk/1')
      .attendedTransfers('101/desk', '101/two', '103/a')
      .ends('101/desk')
      .ends('101/two')
    const call = story.at(13).leaves('basic-2', 'trunk/1', '103/a').ends('103/a').ends('trunk/1').call()
    expect(story.phases.find(({ kind }) => kind === 'absorbed')).toMatchObject({
      call: { id: 'consult' },
      into: 'trunk/1',
    })
    expect(call.linkedids).toEqual(['trunk/1', 'consult'])
    expect(call.transfers).toEqual([{ kind: 'attended', from: '101', to: '103', at: START + 9000 }])
    expect(call.people).toMatchObject([
      { extension: '101', talkSeconds: 7, holdSeconds: 5 },
      { extension: '103', rang: true, rangSeconds: 2, talkSeconds: 4 },
    ])
  })

  test('given 101 joins two clients and leaves, then each keeps its own call', () => {
    const story = answered()
      .at(4)
      .arrives('trunk/2', { number: '89161112233' })
      .dials('trunk/2', '101/two')
      .talk('basic-2', 'trunk/2', '101/two')
    story.at(8).leaves('basic-2', '101/two').leaves('basic-1', 'trunk/1').enters('basic-2', 'trunk/1')
    story
      .attendedTransfers('101/desk', '101/two')
      .ends('101/desk')
      .ends('101/two')
      .at(12)
      .ends('trunk/1')
      .ends('trunk/2')
    const calls = story.ended()
    expect(calls.map(({ id, talkSeconds }) => [id, talkSeconds])).toEqual([
      ['trunk/1', 6],
      ['trunk/2', 4],
    ])
  })

  test('given 101 dials the next client before the end of the first is told, then the second is #2 all the same', () => {
    const story = new Story().at(0).arrives('101/a', { exten: '89221532327' }).dials('101/a', 'trunk/1', '89221532327')
    story.at(1).talk('basic-1', '101/a', 'trunk/1').at(4).leaves('basic-1', 'trunk/1', '101/a')
    story.dials('101/a', 'trunk/2', '89161112233').ends('trunk/1', { by: 'device' })
    story.at(5).talk('basic-2', '101/a', 'trunk/2').at(8).leaves('basic-2', 'trunk/2', '101/a').ends('trunk/2')
    expect(story.ends('101/a').ended()).toMatchObject([
      { id: '101/a', client: '+79221532327', talkSeconds: 3, people: [{ extension: '101', rang: false }] },
      { id: '101/a#2', client: '+79161112233', talkSeconds: 3, people: [{ extension: '101', rang: false }] },
    ])
  })

  test('given 101 calls one client and after it another under the same linkedid, then the second is #2', () => {
    const story = new Story().at(0).arrives('101/a', { exten: '89221532327' }).dials('101/a', 'trunk/1', '89221532327')
    story
      .at(2)
      .talk('basic-1', '101/a', 'trunk/1')
      .at(5)
      .leaves('basic-1', 'trunk/1', '101/a')
      .ends('trunk/1', { by: 'device' })
    story.dials('101/a', 'trunk/2', '89161112233').at(7).talk('basic-2', '101/a', 'trunk/2')
    story.at(10).leaves('basic-2', 'trunk/2', '101/a').ends('trunk/2').ends('101/a')
    expect(story.ended()).toMatchObject([
      { id: '101/a', client: '+79221532327', waitSeconds: 2, talkSeconds: 3, endedAt: START + 5000 },
      { id: '101/a#2', client: '+79161112233', waitSeconds: 2, talkSeconds: 3, startedAt: START + 5000 },
    ])
    expect(story.tracker.find('101/a')?.id).toBe('101/a')
    expect(story.tracker.find('101/a#2')?.id).toBe('101/a#2')
  })

  test('given a linkedid that changes while the channel talks, then the call is found by the former and the new one', () => {
    const story = answered().at(3).sees('101/desk', { linkedid: 'older' })
    expect(['trunk/1', 'older'].map((id) => story.tracker.find(id)?.id)).toEqual(['trunk/1', 'trunk/1'])
  })

  test('given holding bridges, when strangers to each other wait in one, then they do not become one call', () => {
    const story = new Story()
      .at(0)
      .arrives('trunk/1')
      .talk('holding-1', 'trunk/1')
      .arrives('trunk/2')
      .talk('holding-1', 'trunk/2')
    story.arrives('101/a').talk('holding-1', '101/a').at(5).ends('trunk/1').ends('trunk/2').ends('101/a')
    expect(story.ended().map(({ answered, linkedids }) => [answered, linkedids.length])).toEqual([
      [false, 1],
      [false, 1],
      [false, 1],
    ])
  })
})
