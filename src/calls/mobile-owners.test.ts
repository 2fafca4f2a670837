import { expect, test } from 'vitest'
import { mobileOwners } from './mobile-owners.ts'

const person = (extension: string, ...mobiles: string[]) => ({ extension, mobiles })
const { ownerOf } = mobileOwners({
  internal: undefined,
  people: [person('101', '+79990001122'), person('102', '8123456XXXX'), person('103', '81234567777')],
  mobiles: ['8499XXXXX00', '+79990001122'],
})

test('given a mobile in any spelling, when its owner is asked for, then it is the person', () => {
  expect(['+79990001122', '89990001122', '9990001122'].map(ownerOf)).toEqual(['101', '101', '101'])
})

test('given a pattern, when a number is asked for, then it matches as a whole and X is one digit', () => {
  expect(['81234560000', '+71234569999', '8123456000', '812345600001', '81234470000'].map(ownerOf)).toEqual([
    '102',
    '102',
    undefined,
    undefined,
    undefined,
  ])
})

test('given a number in full and a pattern that holds it, when asked for, then the full one counts', () => {
  expect(ownerOf('81234567777')).toBe('103')
})

test('given a number of the house that is nobody’s, when asked for, then it stands for itself', () => {
  expect(ownerOf('84991234500')).toBe('84991234500')
})

test('given a client’s number, when asked for, then it is nobody’s', () => {
  expect(['+79221532327', '', '101'].map(ownerOf)).toEqual([undefined, undefined, undefined])
})
