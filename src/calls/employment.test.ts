import { expect, test } from 'vitest'
import { answered, clientHangsUp, Story } from '../../test/calls/story.ts'

test('given a conversation, when asked who talks, then whoever is in it does until it ends', () => {
  const story = answered()
  expect([story.tracker.isTalking('101'), story.tracker.isTalking('102')]).toEqual([true, false])
  clientHangsUp(story, 10)
  expect(story.tracker.isTalking('101')).toBe(false)
})

test('given a phone that only rings, when asked, then nobody talks', () => {
  const story = new Story().at(0).arrives('trunk/1').dials('trunk/1', '101/desk')
  expect(story.tracker.isTalking('101')).toBe(false)
})

test('given a conversation, when other people are employed, then it is told as before and the next call knows them', () => {
  const story = answered()
  story.tracker.employ({ internal: undefined, people: [{ extension: '555', mobiles: [] }] })
  expect(story.tracker.live()).toMatchObject([{ people: [{ extension: '101', rang: true }] }])
  const call = clientHangsUp(story, 10).call()
  expect(call).toMatchObject({ responsible: '101', talkSeconds: 8 })
  story.at(20).arrives('trunk/2').dials('trunk/2', '555/desk').at(22).answers('555/desk').answers('trunk/2')
  story.enters('basic-2', '555/desk', 'trunk/2')
  expect(story.tracker.isTalking('555')).toBe(true)
})
