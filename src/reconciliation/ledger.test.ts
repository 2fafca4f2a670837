import { expect, test } from 'vitest'
import type { LedgerRow } from '../store/ledger-ports.ts'
import { boundsOfDay, dayOf, ledgerDay } from './ledger.ts'

const at = Date.UTC(2026, 10, 20, 8)
let number = 0
const row = (finding: string, why: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  ...{
    id: `${++number}.1`,
    startedAt: at,
    line: '7001',
    finding,
    why,
    inCrm: false,
    looked: false,
    mended: false,
    checkedAt: at,
  },
  ...more,
})

test('given findings of every kind, then each call is in exactly one of the numbers the PBX’s calls add up from', () => {
  const rows = [
    row('right', 'same', { inCrm: true }),
    row('right', 'same', { inCrm: true, mended: true }),
    row('repaired', 'different', { inCrm: true, mended: true }),
    row('adopted', 'foreign-note', { inCrm: true }),
    row('doubled', 'second-note', { inCrm: true }),
    row('left-out', 'internal', { line: '' }),
    row('left-out', 'internal', { line: '' }),
    row('left-out', 'ignored-number'),
    row('removed-by-people', 'gone'),
    row('not-due', 'waiting'),
    row('registered', 'missing', { mended: true }),
    row('failed', 'refused', { detail: 'no such field' }),
  ]
  const { all, lines, notable } = ledgerDay('2026-11-20', rows, [])
  expect(all).toEqual({
    ...{ pbx: 12, crm: 5, seenInCrm: 5, leftOut: 3, removedByPeople: 1, notDue: 2, lost: 1 },
    ...{ doubled: 1, adopted: 1, repaired: 3, causes: { internal: 2, 'ignored-number': 1 } },
  })
  expect(all.crm + all.leftOut + all.removedByPeople + all.notDue + all.lost).toBe(all.pbx)
  expect(Object.values(lines).reduce((sum, line) => sum + line.pbx, 0)).toBe(all.pbx)
  expect(notable.map(({ finding }) => finding)).toEqual([
    ...['right', 'repaired', 'doubled', 'removed-by-people', 'registered', 'failed'],
  ])
})

test('given a day on which clocks are set, then it is as long as it was, and begins at its own midnight', () => {
  const hours = (day: string, zone: string) => {
    const { from, to } = boundsOfDay(day, zone)
    expect(dayOf(from, zone)).toBe(day)
    expect(dayOf(from - 1, zone)).not.toBe(day)
    expect(dayOf(to, zone)).toBe(day)
    expect(dayOf(to + 1, zone)).not.toBe(day)
    return (to + 1 - from) / 3_600_000
  }
  expect(hours('2026-11-20', 'Europe/Moscow')).toBe(24)
  expect(hours('2026-03-29', 'Europe/Berlin')).toBe(23)
  expect(hours('2026-10-25', 'Europe/Berlin')).toBe(25)
  expect(hours('2026-04-04', 'Australia/Lord_Howe')).toBe(24)
  expect(hours('2026-06-15', 'Asia/Kathmandu')).toBe(24)
})
