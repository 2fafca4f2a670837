import { expect, test } from 'vitest'
import { answered, STAFF, START, Story } from '../../test/calls/story.ts'
import type { ChannelFacts } from './call-event.ts'
import { createDirectory } from './directory.ts'
import { expire } from './end.ts'
import { takeEvent } from './take-event.ts'
import { createWorld } from './world.ts'

function worldAfter(story: Story) {
  const world = createWorld({ directory: createDirectory(STAFF, undefined), country: 'RU', evidence: 'live' })
  for (const event of [...story.events, { kind: 'clock', at: START + 600_000 } as const]) {
    expire(world, event.at, event.kind === 'clock')
    takeEvent(world, event)
  }
  const { legs, bridges, pairs, calls, byLinkedid } = world
  return { legs: legs.size, bridges: bridges.size, pairs: pairs.size, calls: calls.size, byLinkedid: byLinkedid.size }
}

const nothing = { legs: 0, bridges: 0, pairs: 0, calls: 0, byLinkedid: 0 }

test('given a colleague who stayed in an ended call and is used for the next client, then both are forgotten', () => {
  const story = answered().at(5).leaves('basic-1', 'trunk/1').ends('trunk/1').at(8).clock()
  story.arrives('trunk/2', { number: '89161112233' }).talk('basic-1', 'trunk/2').at(12).ends('trunk/2').ends('101/desk')
  expect(worldAfter(story)).toEqual(nothing)
})

test('given channels that nobody told to belong anywhere, when they are gone, then they are forgotten', () => {
  const story = new Story()
  const half: ChannelFacts = { id: 'h1', name: 'Local/7@c-1;1', state: 'Down' }
  const [other, phone] = [
    { ...half, id: 'h2', name: 'Local/7@c-1;2', state: 'Ring' },
    { ...half, id: 'p', name: 'PJSIP/101-1' },
  ]
  for (const channel of [half, other, phone]) {
    story.says({ kind: 'channel-created', at: START, channel, born: channel === other ? 'arriving' : 'dialled' })
  }
  for (const channel of [half, other, phone]) story.says({ kind: 'channel-gone', at: START + 1, channel })
  expect(worldAfter(story)).toEqual(nothing)
})

test('given a call absorbed another one, when it is over, then both are forgotten', () => {
  const story = new Story().at(0).arrives('trunk/1').dials('trunk/1', '101/a').arrives('102/a', { exten: '**101' })
  story.answers('102/a').dialEnds('trunk/1', '102/a', 'ANSWER').answers('trunk/1').ends('101/a', { cause: 26 })
  story.enters('basic-1', '102/a', 'trunk/1').at(5).ends('102/a').ends('trunk/1')
  expect(worldAfter(story)).toEqual(nothing)
})
