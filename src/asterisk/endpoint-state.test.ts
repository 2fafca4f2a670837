import { expect, test } from 'vitest'
import { readEndpoints } from './endpoint-state.ts'

const list = [
  { technology: 'PJSIP', resource: '101', state: 'online', channel_ids: [] },
  { technology: 'PJSIP', resource: '102', state: 'offline', channel_ids: ['1795183769.4'] },
  { technology: 'PJSIP', resource: '103' },
  'nonsense',
]

test('given Asterisk’s list, when a phone is looked for, then its state is told however its technology is written', () => {
  const { stateOf } = readEndpoints(list)
  expect(
    ['PJSIP/101', 'pjsip/102', 'PJSIP/103', 'PJSIP/104', 'Local/101@ext-local', 'PJSIP/102&PJSIP/101'].map(stateOf),
  ).toEqual(['online', 'offline', 'unknown', 'unknown', 'unknown', 'unknown'])
})

test('given endpoints in calls, when the list is read, then one of their channels is known', () => {
  expect(readEndpoints(list).anyChannel).toBe('1795183769.4')
  expect(readEndpoints([]).anyChannel).toBeUndefined()
})
