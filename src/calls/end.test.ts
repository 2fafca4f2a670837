import { describe, expect, test } from 'vitest'
import { answered, clientHangsUp, START } from '../../test/calls/story.ts'

describe('the end', () => {
  test('given the client is gone, when less than 2 s have passed, then the call has not ended; it ends once', () => {
    const story = clientHangsUp(answered(), 10)
    expect(story.tracker.nextClockAt()).toBeLessThanOrEqual(START + 12_000)
    expect(story.at(11.999).clock().told()).not.toContain('ended')
    expect(
      story
        .at(12)
        .clock()
        .at(30)
        .clock()
        .told()
        .filter((line) => line === 'ended'),
    ).toHaveLength(1)
    expect(story.tracker.nextClockAt()).toBeUndefined()
  })

  test('given colleagues talk on, when the client has left, then that does not prolong the call', () => {
    const story = answered()
      .dials('101/desk', '103/a')
      .talk('basic-1', '103/a')
      .at(8)
      .leaves('basic-1', 'trunk/1')
      .ends('trunk/1')
    story.at(11).clock()
    expect(story.phases.at(-1)).toMatchObject({ kind: 'ended', call: { endedAt: START + 8000, talkSeconds: 6 } })
    story.at(60).ends('101/desk').ends('103/a')
    expect(story.ended()).toHaveLength(1)
  })

  test('given a call that ended while 101 stayed, when 101 is used for the next client, then the old call does not change', () => {
    const story = answered().at(5).leaves('basic-1', 'trunk/1').ends('trunk/1').at(8).clock()
    story
      .arrives('trunk/2', { number: '89161112233' })
      .talk('basic-1', 'trunk/2')
      .at(12)
      .ends('trunk/2')
      .ends('101/desk')
    const [first, second] = story.ended()
    expect(first).toMatchObject({ id: 'trunk/1', talkSeconds: 3 })
    expect(second).toMatchObject({ id: 'trunk/2', talkSeconds: 4, people: [{ extension: '101', rang: false }] })
  })

  test('given a call has ended, when a leg is dialled under its linkedid, then that opens #2', () => {
    const story = answered().at(5).leaves('basic-1', 'trunk/1').ends('trunk/1').at(8).clock().dials('101/desk', '102/a')
    story.at(9).ends('102/a').ends('101/desk')
    expect(story.ended().map(({ id, direction }) => [id, direction])).toEqual([
      ['trunk/1', 'in'],
      ['trunk/1#2', 'internal'],
    ])
  })
})
