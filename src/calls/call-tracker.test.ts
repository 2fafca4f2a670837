import { describe, expect, test } from 'vitest'
import { answered, clientHangsUp, START, Story } from '../../test/calls/story.ts'

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

  test('given channels listed in any order, as Asterisk does, then the call began with the oldest of them', () => {
    const known = answered()
    const channels = [
      { ...known.facts('101/desk'), createdAt: START + 1500, appData: '(Outgoing Line)' },
      { ...known.facts('trunk/1'), createdAt: START, app: 'Dial' },
    ]
    const story = new Story().says({ kind: 'snapshot', at: START + 5000, channels, bridges: [bridge] })
    expect(story.tracker.live()).toMatchObject([{ id: 'trunk/1', startedAt: START, people: [{ extension: '101' }] }])
    expect(story.tracker.live()[0]).not.toHaveProperty('startedBy')
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
