import { expect, test } from 'vitest'
import { overlap, tellSame } from './same-call.ts'

const call = { id: '1.1', linkedids: ['1.1'], client: '+79221532327', startedAt: 10_000, endedAt: 20_000 }

test.each([
  ['from the middle on', { startedAt: 15_000 }, true],
  ['in whole seconds', { startedAt: 9_000, endedAt: 9_000 }, true],
  ['under another of its linkedids', { id: '2.1', linkedids: ['2.1', '1.1'] }, true],
  ['by a national number', { id: '2.1', client: '8 922 153-23-27' }, true],
  ['by somebody who does not know the client', { id: '2.1', client: '' }, true],
  ['under other linkedids', { id: '2.1', linkedids: ['2.1'] }, false],
  ['with another client', { id: '1.1#2', client: '+79161112233' }, false],
  ['later', { startedAt: 30_000, endedAt: 40_000 }, false],
  ['by a colleague who stayed on the line for another client', { clientSince: 30_000, endedAt: 40_000 }, false],
  ['while it goes on', { endedAt: undefined }, true],
] as const)('given a call that is told again %s, then whether it is the same is %s', (_what, change, same) => {
  expect(tellSame(call, { ...call, ...change })).toBe(same)
  expect(tellSame({ ...call, ...change }, call)).toBe(same)
})

test('given two clients in one group at one time, then they overlap and are not the same', () => {
  const other = { ...call, id: '1.1#2', client: '+79161112233' }
  expect([overlap(call, other), tellSame(call, other)]).toEqual([true, false])
})
