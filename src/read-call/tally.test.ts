import { expect, test } from 'vitest'
import type { Report } from './report.ts'
import { createTally } from './tally.ts'

const report = (id: string, more: Partial<Report> = {}): Report => ({
  ...{ id, linkedids: [id], startedAt: 1_000, endedAt: 2_000, finding: 'registered', cause: 'missing', waits: true },
  ...more,
})

test('given a call met in two slices of time, when it is taken again, then what was said first stays', () => {
  const tally = createTally()
  expect(tally.take(report('1.1'))).toBe(true)
  expect(tally.take(report('1.1', { finding: 'not-due', cause: 'waiting' }))).toBe(false)
  expect(tally.counts()).toMatchObject({ registered: 1, 'not-due': 0 })
  tally.forgetBefore(2_001)
  expect(tally.take(report('1.1'))).toBe(true)
})

test('given a call on its way, when the CRM refuses it, then it counts as failed and waits no more', () => {
  const tally = createTally()
  const before = report('1.1')
  tally.take(before)
  tally.saved()
  tally.change(before, report('1.1', { finding: 'failed', cause: 'refused', waits: false }))
  expect(tally.counts()).toMatchObject({ registered: 0, failed: 1 })
  expect(tally.waiting()).toEqual([])
  expect([...tally.unsaved().values()]).toMatchObject([{ finding: 'failed' }])
})

test('given reports the disk refused, when they are put back, then what was changed meanwhile is not lost', () => {
  const tally = createTally()
  tally.take(report('1.1'))
  tally.take(report('2.2'))
  const refused = tally.unsaved()
  tally.saved()
  tally.change(report('1.1'), report('1.1', { waits: false }))
  tally.putBack(refused)
  expect([...tally.unsaved().values()].map(({ id, waits }) => [id, waits])).toEqual([
    ['1.1', false],
    ['2.2', true],
  ])
})

test('given what an earlier process kept, when it goes on, then known calls are not counted again', () => {
  const tally = createTally([report('1.1')], { registered: 7 })
  expect(tally.take(report('1.1'))).toBe(false)
  expect(tally.take(report('2.2'))).toBe(true)
  expect(tally.counts().registered).toBe(8)
  expect(tally.waiting().map(({ id }) => id)).toEqual(['1.1', '2.2'])
})
