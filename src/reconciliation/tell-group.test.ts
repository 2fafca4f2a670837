import { expect, test } from 'vitest'
import { groupOf, START, telling } from './_group.ts'
import { tellGroup } from './tell-group.ts'

const first = { linkedid: '1795161600.1', at: 0 }

test('given the rows of a whole call, then it is told with its events, and nothing is open', () => {
  const told = tellGroup(groupOf(first), telling)
  expect(told).toMatchObject({ open: 0, newestAt: START + 10_000 })
  expect(told.calls).toMatchObject([
    { call: { id: first.linkedid, client: '+79221532327', talkSeconds: 8, responsible: '101', evidence: 'cel' } },
  ])
  expect(told.calls[0]?.events.length).toBeGreaterThan(5)
})

test('given a call whose end no row tells, then it is not told, unless it is said when its Asterisk died', () => {
  const group = groupOf({ ...first, open: true })
  expect(tellGroup(group, telling)).toMatchObject({ calls: [], open: 2, newestAt: START + 2_000 })
  expect(tellGroup(group, telling, START + 30_000).calls).toMatchObject([
    { call: { endedAt: START + 30_000, talkSeconds: 28, evidence: 'reconstructed' } },
  ])
})

test('given one call that ended and one that was cut off, then only the second one is marked as reconstructed', () => {
  const group = groupOf(first, { linkedid: '1795161700.1', at: 100_000, open: true, client: '89161112233' })
  const told = tellGroup(group, telling, START + 110_000)
  expect(told.calls.map(({ call }) => call.evidence)).toEqual(['cel', 'reconstructed'])
})

test('given rows that tell no time, then nothing is told', () => {
  expect(tellGroup({ linkedids: new Set(['1.1']), rows: [{ eventtype: 'HANGUP' }], usualOffset: 0 }, telling)).toEqual({
    ...{ calls: [], open: 0, wholeSeconds: true, newestAt: undefined, writtenAt: [] },
  })
})
