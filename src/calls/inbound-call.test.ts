import { describe, expect, test } from 'vitest'
import { answered, clientHangsUp, START, Story } from '../../test/calls/story.ts'

describe('an inbound call', () => {
  test('given a client and 101 talk, when the client hangs up, then the call tells who talked how long', () => {
    const call = clientHangsUp(answered(), 10).call()
    expect(call).toEqual({
      ...{ id: 'trunk/1', linkedids: ['trunk/1'], direction: 'in', client: '+79221532327', line: '7001' },
      ...{ startedAt: START, endedAt: START + 10_000, answered: true, result: 'answered' },
      ...{ waitSeconds: 2, talkSeconds: 8, responsible: '101', hangupCause: 16, evidence: 'live' },
      people: [{ extension: '101', rang: true, rangSeconds: 2, talkSeconds: 8, holdSeconds: 0 }],
      ...{ transfers: [], ivr: '', recordings: [] },
    })
  })

  test('given a call from ring to hang-up, then the phases come in order', () => {
    const story = clientHangsUp(answered(), 10)
    story.ended()
    expect(story.told()).toEqual([
      'arrived',
      'ringing 101',
      'conversation-started 101',
      'conversation-ended 101',
      'ended',
    ])
  })

  test('given a ring group, when 103 answers, then the others rang and are told that it ended', () => {
    const story = new Story().at(0).arrives('trunk/1')
    for (const phone of ['102/a', '103/a', '104/a']) story.dials('trunk/1', phone)
    story.at(4).answers('103/a').ends('102/a', { cause: 26 }).ends('104/a', { cause: 26 }).answers('trunk/1')
    story.enters('basic-1', '103/a', 'trunk/1')
    const call = clientHangsUp(story, 9, 'trunk/1', '103/a').call()
    expect(call.people.map(({ extension, rangSeconds, talkSeconds }) => [extension, rangSeconds, talkSeconds])).toEqual(
      [
        ['102', 4, 0],
        ['103', 4, 5],
        ['104', 4, 0],
      ],
    )
    expect(story.told()).toEqual(
      ['arrived', 'ringing 102', 'ringing 103', 'ringing 104', 'ringing-ended 102', 'ringing-ended 104'].concat([
        'conversation-started 103',
        'conversation-ended 103',
        'ended',
      ]),
    )
  })

  test('given an IVR answered and bridged nobody, when the client hangs up, then the call is abandoned and tells the digits', () => {
    const story = new Story().at(0).arrives('trunk/1').answers('trunk/1').at(2).presses('trunk/1', '12')
    const call = story.at(5).ends('trunk/1', { by: 'device' }).call()
    expect(call).toMatchObject({
      answered: false,
      result: 'abandoned',
      ivr: '12',
      waitSeconds: 5,
      talkSeconds: 0,
      people: [],
    })
  })

  test('given nobody answers, when the PBX gives up, then the call is missed', () => {
    const story = new Story().at(0).arrives('trunk/1').dials('trunk/1', '101/a').at(20).ends('101/a', { cause: 0 })
    expect(story.ends('trunk/1').call()).toMatchObject({ result: 'missed', waitSeconds: 20 })
  })

  test('given the PBX refuses with busy, when the far end answers that by hanging up, then the call is missed', () => {
    const story = new Story().at(0).arrives('trunk/1').sees('trunk/1', { app: 'Busy' })
    expect(story.ends('trunk/1', { cause: 17, by: 'device' }).call().result).toBe('missed')
  })

  test('given a message was left, then the result is voicemail; one left after a conversation changes nothing', () => {
    const alone = new Story()
      .at(0)
      .arrives('trunk/1')
      .answers('trunk/1')
      .at(9)
      .sees('trunk/1', { voicemail: 'SUCCESS' })
    expect(alone.ends('trunk/1', { by: 'device' }).call().result).toBe('voicemail')
    const later = answered().at(5).leaves('basic-1', '101/desk', 'trunk/1').ends('101/desk')
    later.at(15).sees('trunk/1', { voicemail: 'SUCCESS' }).ends('trunk/1', { by: 'device' })
    expect(later.call()).toMatchObject({ result: 'answered', talkSeconds: 3 })
  })

  test('given an answered call, when an orphan leg rings and dies unanswered, then it stays answered', () => {
    const story = answered().at(5).leaves('basic-1', '101/desk', 'trunk/1').ends('101/desk')
    story.dials('trunk/1', '102/a').at(9).ends('102/a', { cause: 19 }).ends('trunk/1')
    expect(story.call()).toMatchObject({ answered: true, result: 'answered', responsible: '101' })
  })

  test('given FROM_DID is seen, then it is the line', () => {
    const story = new Story().at(0).arrives('trunk/1', { exten: 's' }).sees('trunk/1', { did: '74951234567' })
    expect(story.ends('trunk/1').call().line).toBe('74951234567')
  })

  test.each(['anonymous', 'Unknown', ''])(
    'given the caller withholds the number (%j), then the client is empty',
    (number) => {
      expect(new Story().at(0).arrives('trunk/1', { number }).ends('trunk/1').call().client).toBe('')
    },
  )
})

test('given channels tell what they are recorded into, then the call has each file once, as Asterisk named it', () => {
  const [whole, part] = ['/var/spool/asterisk/monitor/2026/11/20/in-7001-79221532327.wav', 'part.wav']
  const story = answered().sees('trunk/1', { recording: whole }).at(5).sees('trunk/1', { app: 'Dial' })
  story.sees('101/desk', { recording: part }).holds('101/desk').resumes('101/desk')
  expect(clientHangsUp(story, 10).call().recordings).toEqual([whole, part])
})

describe('a phone that is dialled', () => {
  const phone = { id: '101/desk', name: 'PJSIP/101-desk', state: 'Down', linkedid: 'trunk/1' }
  const born = () =>
    new Story().at(0).arrives('trunk/1').says({ kind: 'channel-created', at: START, channel: phone, born: 'dialled' })

  test('given nobody was told to have dialled it, when it rings, then that is told', () => {
    const story = born().says({ kind: 'channel-seen', at: START + 9, channel: { ...phone, state: 'Ringing' } })
    expect(story.told()).toEqual(['arrived', 'ringing 101'])
  })

  test('given it is gone at once, then it rang all the same', () => {
    const story = born().says({ kind: 'channel-gone', at: START + 9, channel: phone, cause: 20 })
    expect(story.told()).toEqual(['arrived', 'ringing 101', 'ringing-ended 101'])
    expect(story.ends('trunk/1').call().people).toMatchObject([{ extension: '101', rang: true }])
  })

  test('given a gap, when the snapshot shows it, then it rings at once', () => {
    const channels = [{ ...phone, createdAt: START, state: 'Ringing' }]
    const story = new Story().says({ kind: 'snapshot', at: START + 9, channels, bridges: [] })
    expect(story.told()).toEqual(['arrived', 'ringing 101'])
  })
})
