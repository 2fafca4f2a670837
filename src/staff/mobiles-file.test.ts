import { expect, test } from 'vitest'
import { readMobiles } from './mobiles-file.ts'

test('given a file as people write it, when it is read, then numbers, patterns, owners and what says nothing are told apart', () => {
  const text = [
    '# mobiles of the house',
    '8123456XXXX',
    '+7 999 000-11-22 101',
    '8 (999) 000-11-33;101   # her second one',
    '89990001144,102',
    '',
    'Anna',
    '12345',
    '899900011XX 103\r',
  ].join('\n')
  expect(readMobiles(text)).toEqual({
    owned: new Map([
      ['101', ['+79990001122', '89990001133']],
      ['102', ['89990001144']],
      ['103', ['899900011XX']],
    ]),
    others: ['8123456XXXX'],
    wrong: [7, 8],
  })
})

test('given an empty file, when it is read, then it says nothing', () => {
  expect(readMobiles('')).toEqual({ owned: new Map(), others: [], wrong: [] })
})
