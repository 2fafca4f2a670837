import { expect, test } from 'vitest'
import { decodeQuestion } from './question.ts'

const start = {
  type: 'StasisStart',
  timestamp: '2026-11-20T11:52:34.091+0300',
  application: 'callweave',
  args: ['inbound', '+74951234567'],
  channel: { id: '1.1', caller: { name: '', number: '' } },
}

test('given a call of an Asterisk without channelvars, when it asks, then it is known by its channel', () => {
  const decoded = decodeQuestion(start, 'callweave')
  expect(decoded).toMatchObject({ kind: 'question', question: { linkedid: '1.1', did: '+74951234567' } })
})

test('given a zone in the timestamp, when it is read, then the instant is right', () => {
  const decoded = decodeQuestion(start, 'callweave')
  expect(decoded).toMatchObject({ question: { askedAt: Date.parse('2026-11-20T08:52:34.091Z') } })
})

test('given a linkedid that Asterisk left empty, when it is read, then the channel stands for it', () => {
  const channel = { ...start.channel, channelvars: { 'CHANNEL(linkedid)': '' } }
  expect(decodeQuestion({ ...start, channel }, 'callweave')).toMatchObject({ question: { linkedid: '1.1' } })
})

test.each([
  ['another event', { ...start, type: 'StasisEnd' }],
  ['another application', { ...start, application: 'other' }],
  ['another errand', { ...start, args: ['control', 'x'] }],
  ['a channel that was swapped in, which comes without arguments', { ...start, args: [] }],
  ['no object', 'StasisStart'],
])('given %s, when it is read, then it is no question', (_what, message) => {
  expect(decodeQuestion(message, 'callweave').kind).toBe('not-a-question')
})

test.each([
  ['no channel', { ...start, channel: undefined }],
  ['arguments that are no text', { ...start, args: ['inbound', 5] }],
  ['a timestamp that is none', { ...start, timestamp: 'yesterday' }],
])('given a start with %s, when it is read, then it is malformed as a whole', (_what, message) => {
  expect(decodeQuestion(message, 'callweave').kind).toBe('malformed')
})
test.each([
  [['inbound', '7001'], undefined],
  [['inbound', '7001', 'dnd='], []],
  [
    ['inbound', '7001', 'dnd=101', '103'],
    ['101', '103'],
  ],
  [
    ['inbound', '7001', 'dnd=101', '103,104,105'],
    ['101', '103', '104', '105'],
  ],
  [['inbound', '7001', 'other=101'], undefined],
])('given the arguments %j, when they are read, then who does not want to be disturbed is %j', (args, undisturbed) => {
  const decoded = decodeQuestion({ ...start, args }, 'callweave')
  expect(decoded.kind === 'question' && decoded.question.undisturbed).toEqual(undisturbed)
})
