import { expect, test } from 'vitest'
import { fillTemplate, unknownPlaceholders } from './template.ts'

test.each([
  ['Звонок {phone}', { phone: '+79221532327' }, 'Звонок +79221532327'],
  [
    'Ожидание {wait} с[, линия {lineName}][, добавочный {ivr}]',
    { wait: '4', lineName: 'Реклама' },
    'Ожидание 4 с, линия Реклама',
  ],
  ['[{person} → ]{result}', {}, ''],
  ['{count}', { count: '$& {phone}' }, '$& {phone}'],
  ['цена {сумма}', {}, 'цена {сумма}'],
])(
  'given the template %s, when it is filled, then parts that name nothing are left out',
  (template, values, expected) => {
    expect(fillTemplate(template, values)).toBe(expected)
  },
)

test('given a name nobody knows, when it is asked for, then it is told', () => {
  expect(unknownPlaceholders('{phone} {fone}[ {x}]')).toEqual(['fone', 'x'])
  expect(unknownPlaceholders('{phone}')).toEqual([])
})
