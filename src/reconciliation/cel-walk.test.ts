import { expect, test } from 'vitest'
import { groupOf, START } from './_group.ts'
import { celGroups } from './cel-groups.ts'
import { createCelWalk } from './cel-walk.ts'
import type { Row } from './database.ts'

const timeOf = (row: Row) => Number(row['eventtime']) * 1000

/** What a walk over these rows gives, in pages of so many. */
function walked(rows: readonly Row[], size: number) {
  const walk = createCelWalk()
  const groups = []
  for (let at = 0; at < rows.length; at += size) {
    const page = rows.slice(at, at + size)
    groups.push(...walk.take({ rows: page, writtenAt: timeOf(page.at(-1) ?? {}), usualOffset: 0 }))
  }
  return { groups, rest: walk.rest().toSorted() }
}

const calls = [0, 1, 2, 3, 4, 5].map((number) => ({ linkedid: `179516160${number}.1`, at: number * 70_000 }))
const inOrder = (rows: readonly Row[]) =>
  rows.toSorted((a, b) => timeOf(a) - timeOf(b)).map((row, at) => ({ ...row, id: at + 1 }))

test('given calls one after another, then each comes whole as soon as nothing more can be written of it, whatever the pages', () => {
  const rows = inOrder(groupOf(...calls).rows)
  for (const size of [1, 7, 13, 1_000]) {
    const { groups, rest } = walked(rows, size)
    const all = [...groups.flatMap(({ linkedids }) => [...linkedids]), ...rest]
    expect(all.toSorted()).toEqual(calls.map(({ linkedid }) => linkedid))
    const whole = celGroups(rows, 0)
    for (const group of groups) {
      expect(group.rows).toEqual(whole.find(({ linkedids }) => linkedids.has([...group.linkedids][0] ?? ''))?.rows)
    }
  }
  expect(walked(rows, 7).groups.length).toBeGreaterThan(3)
})

test('given a call that began before the walk, and one that goes on after it, then both must be asked for by name', () => {
  const rows = inOrder(groupOf(...calls, { linkedid: '1795161699.1', at: 5_000, open: true }).rows).slice(1)
  expect(walked(rows, 5).rest).toEqual(expect.arrayContaining(['1795161600.1', '1795161699.1']))
})

test('given a channel that a transfer takes to another linkedid, then both are one group', () => {
  const [one, other] = [calls[0], { linkedid: '1795161650.1', at: 3_000 }]
  if (!one) throw new Error('no call')
  const rows = groupOf(one, other, { linkedid: '1795161900.1', at: 300_000 }).rows.map((row) =>
    row['uniqueid'] === other.linkedid && row['eventtype'] === 'CHAN_END' ? { ...row, linkedid: one.linkedid } : row,
  )
  const { groups } = walked(inOrder(rows), 6)
  expect([...(groups[0]?.linkedids ?? [])].toSorted()).toEqual([one.linkedid, other.linkedid])
  expect(START).toBeGreaterThan(0)
})
