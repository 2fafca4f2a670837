import { describe, expect, test } from 'vitest'
import { answered, clientHangsUp, START, Story } from '../../test/calls/story.ts'
import type { ChannelFacts } from './call-event.ts'

describe('a call that opted out', () => {
  test('given the mark before a phone rings, when the call goes on and ends, then every phase says that it is skipped', () => {
    const story = new Story().at(0).arrives('trunk/1').sees('trunk/1', { skipped: true }).dials('trunk/1', '101/desk')
    clientHangsUp(story.at(2).talk('basic-1', '101/desk', 'trunk/1'), 10).ended()
    expect(story.told()).toEqual([
      'arrived',
      'skipped',
      'ringing 101',
      'conversation-started 101',
      'conversation-ended 101',
      'ended',
    ])
    expect(story.phases.map(({ call }) => call.skipped)).toEqual([undefined, true, true, true, true, true])
    expect(story.phases.at(-1)?.call).toMatchObject({ answered: true, result: 'answered', talkSeconds: 8 })
  })

  test('given a phone rings already, when the mark comes, then it is told once', () => {
    const story = new Story().at(0).arrives('trunk/1').dials('trunk/1', '101/desk')
    story.at(5).sees('trunk/1', { skipped: true }).sees('trunk/1', { app: 'Playback' })
    expect(story.told()).toEqual(['arrived', 'ringing 101', 'skipped'])
    expect(story.ends('101/desk').ends('trunk/1').call().skipped).toBe(true)
  })

  test('given the mark is first told by whoever dials, as ARI does, then no phone is told to ring before', () => {
    const story = new Story().at(0).arrives('trunk/1')
    const phone = { id: '101/desk', name: 'PJSIP/101-desk', state: 'Down', linkedid: 'trunk/1' }
    const client: ChannelFacts = { ...story.facts('trunk/1'), skipped: true }
    story.says({ kind: 'channel-created', at: START, channel: phone, born: 'dialled' })
    story.says({ kind: 'dial', at: START + 1, caller: client, peer: phone, dialstring: '101', status: '' })
    expect(story.told()).toEqual(['arrived', 'skipped', 'ringing 101'])
  })

  test('given a phone says that it rings before its Dial says for whom, then it is not told to ring before', () => {
    const story = new Story().at(0).arrives('trunk/1')
    const phone: ChannelFacts = { id: '101/desk', name: 'PJSIP/101-desk', state: 'Down', linkedid: 'trunk/1' }
    const ringing: ChannelFacts = { ...phone, state: 'Ringing', skipped: true }
    const client: ChannelFacts = { ...story.facts('trunk/1'), skipped: true }
    story.says({ kind: 'channel-created', at: START, channel: phone, born: 'dialled' })
    story.says({ kind: 'channel-seen', at: START + 1, channel: ringing })
    story.says({ kind: 'dial', at: START + 2, caller: client, peer: ringing, dialstring: '101', status: '' })
    expect(story.told()).toEqual(['arrived', 'skipped', 'ringing 101'])
  })

  test('given a call without the mark, then it says nothing of it', () => {
    expect(clientHangsUp(answered(), 10).call()).not.toHaveProperty('skipped')
  })

  test('given a colleague who calls a client and opted out, as CEL tells it, then the call is skipped', () => {
    const story = new Story({ evidence: 'cel' }).at(0).arrives('101/desk', { number: '101', exten: '89221532327' })
    story.sees('101/desk', { skipped: true }).dials('101/desk', 'trunk/1', '89221532327')
    const call = story.at(9).ends('trunk/1').ends('101/desk').call()
    expect(call).toMatchObject({ direction: 'out', skipped: true })
  })

  test('given the mark comes with the number, as the dialled leg inherits it, then the call is skipped', () => {
    const story = new Story().at(0).originates('101/desk').at(1).answers('101/desk')
    story.dials('101/desk', 'trunk/1', '89221532327').sees('trunk/1', { skipped: true })
    expect(story.at(9).ends('trunk/1').ends('101/desk').call()).toMatchObject({ direction: 'out', skipped: true })
  })

  test('given a colleague whose own call opted out, when a client is handed over to them, then the client is not forgotten', () => {
    const story = answered().at(4).holds('101/desk').arrives('101/two', { exten: '103', linkedid: 'consult' })
    story.sees('101/two', { skipped: true }).dials('101/two', '103/a').sees('103/a', { skipped: true })
    story.at(6).talk('basic-2', '101/two', '103/a').at(9).leaves('basic-1', 'trunk/1', '101/desk')
    story.leaves('basic-2', '101/two').enters('basic-2', 'trunk/1').attendedTransfers('101/desk', '101/two', '103/a')
    story.ends('101/desk').ends('101/two').at(13).leaves('basic-2', 'trunk/1', '103/a').ends('103/a').ends('trunk/1')
    expect(story.call()).not.toHaveProperty('skipped')
  })

  test('given a gap, when the snapshot shows the mark, then the call is skipped from its first phase on', () => {
    const story = new Story().at(5)
    const channel = { id: '1.1', name: 'PJSIP/trunk-1', state: 'Ring', linkedid: '1.1', callerNumber: '89221532327' }
    story.says({ kind: 'snapshot', at: 5, channels: [{ ...channel, skipped: true }], bridges: [] })
    expect(story.phases).toMatchObject([{ kind: 'arrived', call: { skipped: true } }])
  })
})
