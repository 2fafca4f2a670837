import { describe, expect, test } from 'vitest'
import { START, Story } from '../../test/fixtures/story.ts'

/** A client talks to 101 from second 2 on. */
const answered = () =>
  new Story().at(0).arrives('trunk/1').dials('trunk/1', '101/desk').at(2).talk('basic-1', '101/desk', 'trunk/1')

/** Both leave the bridge and are gone; the client hung up. */
const clientHangsUp = (story: Story, seconds: number, client = 'trunk/1', other = '101/desk') =>
  story.at(seconds).leaves('basic-1', client, other).ends(other).ends(client, { by: 'device' })

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

describe('parties', () => {
  test('given a caller whose number is an extension or a mobile of the staff, when it arrives by the trunk, then it is a client', () => {
    for (const number of ['101', '79990001122']) {
      const story = new Story().at(0).arrives('trunk/1', { number }).dials('trunk/1', '102/a').at(1)
      expect(story.talk('basic-1', '102/a', 'trunk/1').at(3).ends('trunk/1').ends('102/a').call().direction).toBe('in')
    }
  })

  test("given a person's mobile rings through the trunk, when it answers, then the person talked there", () => {
    const story = new Story().at(0).arrives('trunk/1').dials('trunk/1', 'trunk/2', '89990001122').at(3)
    story.talk('basic-1', 'trunk/2', 'trunk/1').at(8).ends('trunk/2').ends('trunk/1')
    expect(story.call()).toMatchObject({
      direction: 'in',
      responsible: '105',
      people: [{ extension: '105', external: '+79990001122', rang: true, rangSeconds: 3, talkSeconds: 5 }],
    })
  })

  test('given 104 forwards outside through a Local channel, when the outside number answers, then 104 talked there', () => {
    const story = new Story().at(0).arrives('trunk/1').dialsLocal('trunk/1', '104')
    story.dials('Local/104;2', 'trunk/2', '89161112233').at(2)
    story.answers('trunk/2', 'Local/104;2').enters('basic-2', 'trunk/2', 'Local/104;2')
    story.talk('basic-1', 'Local/104;1', 'trunk/1').at(6).ends('trunk/2').ends('trunk/1')
    expect(story.call().people).toEqual([
      { extension: '104', external: '+79161112233', rang: true, rangSeconds: 2, talkSeconds: 4, holdSeconds: 0 },
    ])
  })

  test('given 101 sends the client to an outside number, when that answers, then 101 is who talks there', () => {
    const story = answered()
      .at(5)
      .blindTransfers('101/desk', 'trunk/1', '89161112233')
      .leaves('basic-1', 'trunk/1', '101/desk')
    story.ends('101/desk').dials('trunk/1', 'trunk/2', '89161112233').at(7).talk('basic-2', 'trunk/2', 'trunk/1')
    const call = story.at(10).ends('trunk/2').ends('trunk/1').call()
    expect(call.transfers).toEqual([{ kind: 'blind', from: '101', to: '+79161112233', at: START + 5000 }])
    expect(call).toMatchObject({ responsible: '101', talkSeconds: 6, people: [{ extension: '101', talkSeconds: 6 }] })
  })

  test('given several phones of one person ring at once, then the person rang once as long', () => {
    const story = new Story().at(0).arrives('trunk/1').dials('trunk/1', '101/desk').dials('trunk/1', '101/soft')
    story
      .at(4)
      .answers('101/soft')
      .ends('101/desk', { cause: 26 })
      .answers('trunk/1')
      .enters('basic-1', '101/soft', 'trunk/1')
    const call = clientHangsUp(story, 6, 'trunk/1', '101/soft').call()
    expect(call.people).toEqual([{ extension: '101', rang: true, rangSeconds: 4, talkSeconds: 2, holdSeconds: 0 }])
    expect(story.told().filter((line) => line.endsWith('101'))).toEqual([
      'ringing 101',
      'conversation-started 101',
      'conversation-ended 101',
    ])
  })

  test('given the trunks are known, when a stranger or anonymous arrives, then it is counted and told to nobody', () => {
    const story = new Story({ trunks: ['trunk'] }).at(0).arrives('scanner/1').dials('scanner/1', '101/a')
    story.arrives('anonymous/1').at(2).ends('scanner/1').ends('anonymous/1').ends('101/a')
    expect(story.ended()).toEqual([])
    expect(story.phases).toEqual([])
    expect(story.tracker.noiseCount()).toBe(2)
    expect(story.tracker.find('scanner/1')).toBeUndefined()
  })

  test('given no trunks are known, when anonymous arrives, then it is noise all the same', () => {
    expect(new Story().at(0).arrives('anonymous/1').ends('anonymous/1').ended()).toEqual([])
  })
})

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

describe('events that do not fit', () => {
  test('given every event comes twice, then nothing changes', () => {
    const once = clientHangsUp(answered(), 10)
    const twice = new Story()
    for (const event of once.events) twice.says(event).says(event)
    expect(twice.at(10).call()).toEqual(once.call())
  })

  test('given a call is over, when its channels are named again, then nothing happens', () => {
    const story = clientHangsUp(answered(), 10).at(20).clock()
    const told = story.told().length
    for (const event of story.events.filter(({ kind }) => kind !== 'clock')) story.says(event)
    expect(story.told()).toHaveLength(told)
    expect(story.tracker.live()).toEqual([])
  })

  test('given the events begin in the middle of a call, then it is told as reconstructed', () => {
    const whole = clientHangsUp(answered(), 10)
    const story = new Story()
    for (const event of whole.events.slice(3)) story.says(event)
    expect(story.at(10).call()).toMatchObject({ evidence: 'reconstructed', answered: true, talkSeconds: 8 })
  })

  test('given an event of a kind nobody knows, then it is passed over', () => {
    expect(() => new Story().says(JSON.parse('{"kind":"odd","at":1}'))).not.toThrow()
  })
})

describe('a gap', () => {
  const bridge = { id: 'basic-1', class: 'basic' as const, channelIds: ['trunk/1', '101/desk'] }

  test('given a call that goes on, when the snapshot comes, then it goes on, marked reconstructed', () => {
    const story = answered().at(5)
    story.says({
      kind: 'snapshot',
      at: START + 5000,
      channels: [story.facts('trunk/1'), story.facts('101/desk')],
      bridges: [bridge],
    })
    expect(clientHangsUp(story, 10).call()).toMatchObject({ evidence: 'reconstructed', talkSeconds: 8 })
  })

  test('given channels that are not in the snapshot, then they are gone by then', () => {
    const story = answered().says({ kind: 'snapshot', at: START + 7000, channels: [], bridges: [] })
    expect(story.call()).toMatchObject({
      evidence: 'reconstructed',
      endedAt: START + 7000,
      talkSeconds: 5,
      result: 'answered',
    })
  })

  test('given a call nobody saw begin, when the snapshot shows it, then cards and routing know it', () => {
    const known = answered()
    const channels = [
      { ...known.facts('trunk/1'), createdAt: START, app: 'Dial' },
      { ...known.facts('101/desk'), createdAt: START, appData: '(Outgoing Line)' },
    ]
    const story = new Story().says({ kind: 'snapshot', at: START + 5000, channels, bridges: [bridge] })
    expect(story.told()).toEqual(['arrived', 'conversation-started 101'])
    expect(story.tracker.live()).toMatchObject([
      { id: 'trunk/1', direction: 'in', startedAt: START, evidence: 'reconstructed' },
    ])
  })
})

test('given thousands of calls, when they are over, then nothing of them waits for anything', () => {
  const story = new Story()
  for (let i = 0; i < 3000; i++) {
    const [client, phone, bridge] = [`trunk/${i}`, `101/${i}`, `basic-${i}`]
    story
      .at(i * 5)
      .arrives(client)
      .dials(client, phone)
      .talk(bridge, phone, client)
      .at(i * 5 + 3)
      .ends(phone)
      .ends(client)
  }
  story.ended()
  expect(story.tracker.live()).toEqual([])
  expect(story.tracker.nextClockAt()).toBeUndefined()
  expect(story.tracker.find('trunk/1')).toBeUndefined()
  expect(story.tracker.find('trunk/2999')?.answered).toBe(true)
})
