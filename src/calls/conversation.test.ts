import { describe, expect, test } from 'vitest'
import { answered, clientHangsUp, Story } from '../../test/calls/story.ts'

describe('a conversation', () => {
  test.each([
    { gap: 0.2, intervals: 'one', talkSeconds: 8 },
    { gap: 0.3, intervals: 'two', talkSeconds: 7.7 },
  ])('given a leave and a re-entry after $gap s, then it is $intervals', ({ gap, intervals, talkSeconds }) => {
    const story = answered()
      .at(5)
      .leaves('basic-1', '101/desk')
      .at(5 + gap)
      .clock()
      .enters('basic-1', '101/desk')
    expect(clientHangsUp(story, 10).call().talkSeconds).toBe(talkSeconds)
    expect(story.told().filter((line) => line === 'conversation-ended 101')).toHaveLength(intervals === 'one' ? 1 : 2)
  })

  test('given 101 holds the client, then that is talking, and told', () => {
    const story = answered().at(4).holds('101/desk').at(7).resumes('101/desk')
    expect(clientHangsUp(story, 10).call().people).toMatchObject([{ talkSeconds: 8, holdSeconds: 3 }])
  })

  test('given 101 adds 103 to a three-way talk by feature code, then the hold ends with that', () => {
    const story = answered().at(4).holds('101/desk').at(5).leaves('basic-1', '101/desk').enters('basic-2', '101/desk')
    story.dials('101/desk', '103/a').at(6).talk('basic-2', '103/a').at(8).leaves('basic-2', '101/desk', '103/a')
    story.enters('basic-1', '101/desk', '103/a').attendedTransfers('101/desk', '101/desk', '103/a').at(10).ends('103/a')
    expect(clientHangsUp(story, 10).call().people).toMatchObject([
      { extension: '101', talkSeconds: 5, holdSeconds: 1 },
      { extension: '103', talkSeconds: 2 },
    ])
  })

  test('given the client is parked, when 102 fetches it, then the time in the lot is no conversation and the call goes on', () => {
    const story = answered()
      .at(5)
      .blindTransfers('101/desk', 'trunk/1', '800')
      .leaves('basic-1', 'trunk/1')
      .enters('parking-1', 'trunk/1')
    story.at(5.5).leaves('basic-1', '101/desk').ends('101/desk').at(60).clock()
    expect(story.tracker.live()).toMatchObject([{ talkSeconds: 3, transfers: [] }])
    story
      .arrives('102/a', { exten: '801' })
      .answers('102/a')
      .leaves('parking-1', 'trunk/1')
      .enters('basic-2', 'trunk/1', '102/a')
    const call = story.at(65).leaves('basic-2', '102/a', 'trunk/1').ends('102/a').ends('trunk/1').call()
    expect(call).toMatchObject({ talkSeconds: 8, responsible: '102', linkedids: ['trunk/1', '102/a'], transfers: [] })
    expect(call.people).toMatchObject([
      { extension: '101', rang: true },
      { extension: '102', rang: false, talkSeconds: 5 },
    ])
  })

  test('given the lot is told before the transfer that asked for it, then parking is no transfer', () => {
    const story = answered().at(5).leaves('basic-1', 'trunk/1').enters('parking-1', 'trunk/1')
    story.blindTransfers('101/desk', 'trunk/1', '800').leaves('basic-1', '101/desk').ends('101/desk')
    expect(story.at(9).leaves('parking-1', 'trunk/1').ends('trunk/1', { by: 'device' }).call().transfers).toEqual([])
  })

  test('given a queue member behind a Local pair, when the halves are optimised away, then it is one conversation', () => {
    const story = new Story()
      .at(0)
      .arrives('trunk/1')
      .answers('trunk/1')
      .dialsLocal('trunk/1', '103')
      .dials('Local/103;2', '103/a')
    story.at(3).talk('basic-2', '103/a', 'Local/103;2').talk('basic-1', 'Local/103;1', 'trunk/1')
    story.at(4).leaves('basic-2', '103/a').leaves('basic-1', 'Local/103;1').at(4.02).enters('basic-1', '103/a')
    story.leaves('basic-2', 'Local/103;2').ends('Local/103;2').ends('Local/103;1')
    const call = clientHangsUp(story, 9, 'trunk/1', '103/a').call()
    expect(call).toMatchObject({
      waitSeconds: 3,
      talkSeconds: 6,
      people: [{ extension: '103', rangSeconds: 3, talkSeconds: 6 }],
    })
    expect(story.told().filter((line) => line.startsWith('conversation'))).toHaveLength(2)
  })

  test('given the phone is in the bridge but has not answered, then nobody talks', () => {
    const story = new Story()
      .at(0)
      .arrives('trunk/1')
      .answers('trunk/1')
      .dials('trunk/1', '101/a')
      .enters('basic-1', 'trunk/1', '101/a')
    expect(story.at(5).ends('101/a').ends('trunk/1').call().answered).toBe(false)
  })

  test('given two clients and 101 in a conference, then each client has a call of its own with 101 in it', () => {
    const story = new Story().at(0).arrives('trunk/1').talk('conference-1', 'trunk/1')
    story.at(1).arrives('trunk/2', { number: '89161112233' }).talk('conference-1', 'trunk/2')
    story.at(3).arrives('101/a', { exten: '7008' }).talk('conference-1', '101/a')
    story.at(6).leaves('conference-1', 'trunk/2').ends('trunk/2', { by: 'device' })
    story
      .at(9)
      .leaves('conference-1', 'trunk/1')
      .ends('trunk/1', { by: 'device' })
      .at(12)
      .leaves('conference-1', '101/a')
      .ends('101/a')
    const [second, first, own] = story.ended()
    expect(first).toMatchObject({
      id: 'trunk/1',
      linkedids: ['trunk/1'],
      talkSeconds: 6,
      people: [{ extension: '101', rang: false }],
    })
    expect(second).toMatchObject({
      id: 'trunk/2',
      linkedids: ['trunk/2'],
      talkSeconds: 3,
      people: [{ extension: '101', talkSeconds: 3 }],
    })
    expect(own).toMatchObject({ id: '101/a', direction: 'internal', answered: false })
  })
})
