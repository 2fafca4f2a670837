import { expect, test } from 'vitest'
import { STAFF, START, Story } from '../../test/calls/story.ts'
import type { CallEvent } from './call-event.ts'
import { createDirectory } from './directory.ts'
import { expire } from './end.ts'
import { takeEvent } from './take-event.ts'
import { createWorld } from './world.ts'

const ROUNDS = 200

/** A client waits while a queue rings 102, and 105 on its mobile, again and again; in the end 102 answers. */
function longWait(): Story {
  const story = new Story().at(0).arrives('trunk/1').answers('trunk/1')
  for (let round = 0; round < ROUNDS; round++) {
    const phones = [`102/${round}`, `trunk/mobile-${round}`] as const
    story
      .at(round * 20)
      .dials('trunk/1', phones[0])
      .dials('trunk/1', phones[1], '89990001122')
    story.at(round * 20 + 15)
    for (const phone of phones) story.ends(phone, { cause: 19 })
  }
  story
    .at(ROUNDS * 20)
    .dials('trunk/1', '102/last')
    .at(ROUNDS * 20 + 5)
    .talk('basic-1', '102/last', 'trunk/1')
  return story
    .at(ROUNDS * 20 + 9)
    .ends('102/last')
    .ends('trunk/1')
}

const wanted = {
  ...{ answered: true, responsible: '102', talkSeconds: 4 },
  people: [
    { extension: '102', rang: true, rangSeconds: ROUNDS * 15 + 5, talkSeconds: 4 },
    { extension: '105', external: '+79990001122', rang: true, rangSeconds: ROUNDS * 15, talkSeconds: 0 },
  ],
}

test('given a client waits for hours in a queue, then everybody rang as long as they did', () => {
  expect(longWait().call()).toMatchObject(wanted)
})

test('given a client waits for hours in a queue, then what rang long ago is forgotten', () => {
  const world = createWorld({ directory: createDirectory(STAFF, undefined), country: 'RU', evidence: 'live' })
  let [most, kept] = [0, 0]
  for (const event of longWait().events) {
    expire(world, event.at, false)
    takeEvent(world, event)
    const [call] = world.calls
    most = Math.max(most, world.legs.size, call?.legs.size ?? 0)
    for (const leg of call?.legs ?? []) kept = Math.max(kept, leg.events.length)
  }
  expect(most).toBeLessThan(150)
  expect(kept).toBeLessThan(1000)
})

test('given the kept events of such a call, when folded again, then it is the same call', () => {
  const story = longWait()
  const call = story.call()
  const again = new Story()
  const events: readonly CallEvent[] = JSON.parse(JSON.stringify(story.tracker.events('trunk/1')))
  expect(events.length).toBeLessThan(1000)
  for (const event of events) again.says(event)
  expect(again.at((START + 10_000_000 - START) / 1000).call()).toEqual(call)
})
