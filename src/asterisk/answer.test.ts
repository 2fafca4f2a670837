import { expect, test } from 'vitest'
import { answerText } from './answer.ts'
import { dialplanText } from './clean-text.ts'

test('given a name with everything a dialplan or a SIP header could trip over, when it is cleaned, then only the words stay', () => {
  expect(dialplanText('"Иван, ООО" <sip:x>; $[1+1] $(A)|`b`\\\r\n\u0000\u2028\u202ed{e}')).toBe(
    'Иван ООО sip:x 1+1 A b d e',
  )
})

test('given a very long name, when it is cleaned, then sixty characters stay, whole ones', () => {
  expect([...dialplanText('😀'.repeat(100))]).toHaveLength(60)
  expect(dialplanText('😀'.repeat(100)).isWellFormed()).toBe(true)
})

test('given nothing but noise, when it is cleaned, then it is empty and the name is left alone', () => {
  expect(dialplanText(' ,"\n ')).toBe('')
  expect(answerText({ kind: 'default', callerName: '"",' })).toBe('default')
})

test('given a lone surrogate, when it is cleaned, then it cannot break the request', () => {
  expect(dialplanText('a\ud800b').isWellFormed()).toBe(true)
})

test('given a ring, when it is told, then decision and name are one value', () => {
  expect(answerText({ kind: 'ring', extension: '101', seconds: 15, callerName: 'Анна | Ко' })).toBe(
    'ring,101,15|Анна Ко',
  )
})

test.each([
  ['no extension', '', 15],
  ['two targets', '101&PJSIP/trunk/8809', 15],
  ['a dialplan function', '$' + '{SHELL(id)}', 15],
  ['no time', '101', 0],
  ['a time that is none', '101', Number.NaN],
  ['an hour', '101', 3600],
])('given a ring with %s, when it is told, then the call takes the default route', (_what, extension, seconds) => {
  expect(answerText({ kind: 'ring', extension, seconds })).toBe('default')
})
