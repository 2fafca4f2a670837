import { expect, test } from 'vitest'
import { answered, START, Story } from '../../test/calls/story.ts'

test('given a conversation, when Asterisk is killed, then the call ends at the last moment it was known alive', () => {
  const story = answered()
    .at(7)
    .says({ kind: 'pbx-restarted', at: START + 7000 })
  story.says({ kind: 'snapshot', at: START + 60_000, channels: [], bridges: [] })
  const call = story.at(60).call()
  expect(call).toMatchObject({ endedAt: START + 7000, talkSeconds: 5, result: 'answered', evidence: 'reconstructed' })
  expect(call.hangupCause).toBeUndefined()
})

test('given a phone rings, when Asterisk is killed, then nobody says that the client hung up', () => {
  const story = new Story().at(0).arrives('trunk/1').dials('trunk/1', '101/a')
  expect(story.says({ kind: 'pbx-restarted', at: START + 7000 }).call()).toMatchObject({
    result: 'missed',
    waitSeconds: 7,
    people: [{ extension: '101', rangSeconds: 7 }],
  })
})

test('given a number was dialled, when Asterisk is killed, then nobody answered', () => {
  const story = new Story().at(0).arrives('101/a', { exten: '89221532327' }).dials('101/a', 'trunk/1', '89221532327')
  expect(story.says({ kind: 'pbx-restarted', at: START + 7000 }).call()).toMatchObject({ result: 'no-answer' })
})

test('given the kept events of a call that was cut, when folded again, then it is the same call', () => {
  const story = answered().says({ kind: 'pbx-restarted', at: START + 7000 })
  const call = story.call()
  const again = new Story()
  for (const event of story.tracker.events('trunk/1')) again.says(event)
  expect(again.at(60).call()).toEqual(call)
})

test('given Local names begin anew after a crash nobody told of, when a queue member answers, then the call is answered', () => {
  const story = new Story().at(0).arrives('trunk/1').answers('trunk/1').dialsLocal('trunk/1', '103')
  const second = new Story().at(30).arrives('trunk/2').answers('trunk/2').dialsLocal('trunk/2', '103')
  second.dials('Local/103;2', '103/b').at(32).talk('basic-2', '103/b', 'Local/103;2')
  second.talk('basic-3', 'Local/103;1', 'trunk/2').at(36).ends('103/b').ends('Local/103;2').ends('Local/103;1')
  second.ends('trunk/2')
  // The ids are new, the pair's name is not.
  for (const event of second.events)
    story.says(JSON.parse(JSON.stringify(event).replaceAll('"id":"Local/', '"id":"new-Local/')))
  expect(story.at(36).tracker.find('trunk/2')).toMatchObject({ answered: true, talkSeconds: 4, responsible: '103' })
})
