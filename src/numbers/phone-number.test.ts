import { expect, test } from 'vitest'
import { normalisePhone, phoneKey } from './phone-number.ts'

test.each([
  ['89221532327', '+79221532327'],
  ['+7 (922) 153-23-27', '+79221532327'],
  ['79221532327', '+79221532327'],
  ['9221532327', '+79221532327'],
  ['sip:79221532327@10.0.0.1;user=phone', '+79221532327'],
  ['491512345678', '+491512345678'],
  ['+491512345678', '+491512345678'],
])('given %s in Russia, when normalised, then it is %s', (raw, number) => {
  expect(normalisePhone(raw, 'RU')).toBe(number)
})

test.each(['101', '112', '7001'])('given a short number %s, when normalised, then its digits stay', (raw) => {
  expect(normalisePhone(raw, 'RU')).toBe(raw)
})

test.each(['', 'anonymous', 'unknown', 'sip:alice@host', '+', '123456789012345678901234567890'])(
  'given %j, when normalised, then it is no number',
  (raw) => {
    expect(normalisePhone(raw, 'RU')).toBe('')
  },
)

test('given spellings of one number, then they share a key; extensions and absurd numbers have none', () => {
  const keys = ['89221532327', '+79221532327', '9221532327', '0079221532327'].map(phoneKey)
  expect(new Set(keys)).toEqual(new Set(['9221532327']))
  expect(['101', '', 'anonymous', '1'.repeat(30)].map(phoneKey)).toEqual([undefined, undefined, undefined, undefined])
})
