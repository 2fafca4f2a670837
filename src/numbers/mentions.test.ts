import { expect, test } from 'vitest'
import { mentionsOf } from './mentions.ts'

const mentions = mentionsOf(['9221532327'])

test.each([
  ['+79221532327'],
  ['8 (922) 153-23-27'],
  ['89221532327'],
  ['9221532327'],
  ['0079221532327'],
  ['in-7001-+79221532327-20261120-120000-1795164754.12.wav'],
  ['PJSIP/79221532327@trunk'],
  ['Звонок 8-922-153-23-27, перезвонить'],
])('given a text like "%s", when it is looked at, then the number is found', (text) => {
  expect(mentions(JSON.stringify({ call: [{ from: text }] }))).toBe(true)
})

test.each([
  ['another number', { client: '+79221532328' }],
  ['more digits behind it', { client: '92215323271' }],
  ['a time', { startedAt: 1799221532327 }],
  ['a channel id', { channel: '9221532327.12' }],
  ['nothing', null],
])('given %s, when it is looked at, then it is not found', (_, value) => {
  expect(mentions(JSON.stringify(value))).toBe(false)
})

test('given a short number, when a longer one ends with it, then that is another one', () => {
  expect(mentionsOf(['531122'])('"7343531122"')).toBe(false)
  expect(mentionsOf(['531122'])('"53-11-22"')).toBe(true)
})
