import { describe, expect, test } from 'vitest'
import { answered, clientHangsUp, START, Story } from '../../test/calls/story.ts'

test('given a colleague dials, then the call tells since when it had its client; a call that began with the client need not', () => {
  const story = new Story().at(0).arrives('101/desk', { number: '101', exten: '89221532327' })
  story.at(1.5).dials('101/desk', 'trunk/1', '89221532327').at(9).ends('trunk/1').ends('101/desk')
  expect(story.call()).toMatchObject({ startedAt: START, clientSince: START + 1500 })
  expect(clientHangsUp(answered(), 10).call()).not.toHaveProperty('clientSince')
})

describe('an outbound call', () => {
  const dialled = () =>
    new Story().at(0).arrives('101/a', { exten: '89221532327' }).dials('101/a', 'trunk/1', '89221532327')

  test.each([
    [17, 'busy'],
    [1, 'failed'],
    [3, 'failed'],
    [22, 'failed'],
    [28, 'failed'],
    [16, 'no-answer'],
    [18, 'no-answer'],
    [19, 'no-answer'],
    [21, 'failed'],
    [34, 'failed'],
  ])('given the trunk ends with cause %i, then the result is %s', (cause, result) => {
    const call = dialled().at(4).ends('trunk/1', { cause, by: 'device' }).ends('101/a').call()
    expect(call).toMatchObject({
      direction: 'out',
      client: '+79221532327',
      line: 'trunk',
      result,
      hangupCause: cause,
      startedBy: '101',
      people: [],
    })
  })

  test.each([0, 127, 26])('given the caller gives up and the leg ends with cause %i, then nobody answered', (cause) => {
    const story = dialled()
      .at(4)
      .dialEnds('101/a', 'trunk/1', 'CANCEL')
      .ends('trunk/1', { cause })
      .ends('101/a', { by: 'device' })
    expect(story.call().result).toBe('no-answer')
  })

  test('given a first trunk fails and a second answers after a pause, then it is one call by the second', () => {
    const story = dialled()
      .at(1)
      .ends('trunk/1', { cause: 34, by: 'device' })
      .at(6)
      .dials('101/a', 'spare/1', '79221532327')
    story.at(9).talk('basic-1', '101/a', 'spare/1').at(12).ends('spare/1').ends('101/a')
    expect(story.call()).toMatchObject({ line: 'spare', waitSeconds: 9, talkSeconds: 3, result: 'answered' })
  })

  test('given the second trunk is dialled before the end of the first is told, and nobody says by whom, then it is the same client again', () => {
    const story = dialled().at(1.5).originates('spare/1', '79221532327', '101/a').ends('trunk/1', { cause: 34 })
    const call = story.at(2).ends('spare/1', { cause: 17, by: 'device' }).ends('101/a').call()
    expect(call).toMatchObject({ client: '+79221532327', line: 'spare', result: 'busy', hangupCause: 17, people: [] })
  })

  test('given the first trunk is gone after the second, then the second still was the last attempt', () => {
    const story = dialled().at(1.5).originates('spare/1', '79221532327', '101/a')
    const call = story.ends('spare/1', { cause: 17, by: 'device' }).at(1.6).ends('trunk/1', { cause: 34 }).ends('101/a')
    expect(call.call()).toMatchObject({ line: 'spare', result: 'busy', hangupCause: 17 })
  })

  test('given a click rings the phone first, then the call is outbound and waits from the dialling of the client', () => {
    const story = new Story()
      .at(0)
      .originates('101/click')
      .at(4)
      .answers('101/click')
      .dials('101/click', 'trunk/1', '79221532327')
    story.at(7).talk('basic-1', '101/click', 'trunk/1').at(12).ends('trunk/1').ends('101/click')
    expect(story.call()).toMatchObject({
      id: '101/click',
      direction: 'out',
      waitSeconds: 3,
      talkSeconds: 5,
      people: [{ rangSeconds: 4 }],
    })
    expect(story.told().slice(0, 4)).toEqual(['arrived', 'ringing 101', 'arrived', 'conversation-started 101'])
  })

  test('given the client is dialled first, then the call is outbound', () => {
    const story = new Story()
      .at(0)
      .originates('trunk/1', '79221532327')
      .at(3)
      .answers('trunk/1')
      .dials('trunk/1', '101/a')
    story.at(5).talk('basic-1', 'trunk/1', '101/a').at(9).ends('101/a').ends('trunk/1')
    expect(story.call()).toMatchObject({ direction: 'out', client: '+79221532327', waitSeconds: 5, talkSeconds: 4 })
  })

  test('given 101 calls 102, then the call is internal, and answered when they talk', () => {
    const story = new Story()
      .at(0)
      .arrives('101/a', { exten: '102' })
      .dials('101/a', '102/a')
      .at(2)
      .talk('basic-1', '101/a', '102/a')
    expect(story.at(6).ends('101/a').ends('102/a').call()).toMatchObject({
      ...{ direction: 'internal', client: '', line: '', result: 'answered', talkSeconds: 4 },
      people: [
        { extension: '102', rang: true },
        { extension: '101', rang: false, talkSeconds: 4 },
      ],
    })
  })

  test("given 101 calls 105's mobile, then the call is internal", () => {
    const story = new Story().at(0).arrives('101/a', { exten: '89990001122' }).dials('101/a', 'trunk/1', '89990001122')
    expect(story.at(3).ends('trunk/1', { cause: 17 }).ends('101/a').call()).toMatchObject({
      direction: 'internal',
      result: 'busy',
    })
  })
})
