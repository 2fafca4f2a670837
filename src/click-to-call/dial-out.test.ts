import { expect, test } from 'vitest'
import { dialOut } from './dial-out.ts'

const rule = (pattern: string, replacement: string) => ({ pattern: new RegExp(pattern), replacement })

test('given no rules, when a number is dialled, then it is E.164', () => {
  expect(dialOut('+79221532327', [])).toBe('+79221532327')
})

test('given rules, when several fit, then the first one rewrites the number and the others do not touch it', () => {
  const rules = [rule('^\\+7(495)(\\d{7})$', '9$2'), rule('^\\+7', '8'), rule('^\\+', '810')]
  expect(dialOut('+74951234567', rules)).toBe('91234567')
  expect(dialOut('+79221532327', rules)).toBe('89221532327')
  expect(dialOut('+442079460000', rules)).toBe('810442079460000')
})

test('given a rule that spoils numbers, when one is dialled, then nothing reaches the PBX', () => {
  expect(dialOut('+79221532327', [rule('\\d+$', '')])).toBeUndefined()
  expect(dialOut('+79221532327', [rule('^', '+')])).toBeUndefined()
  expect(dialOut('+79221532327', [rule('^.*$', '112')])).toBeUndefined()
  expect(dialOut('+79221532327', [rule('^\\+7', '1234567890123')])).toBeUndefined()
})
