import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { LedgerRow } from '../ledger-ports.ts'
import { openStore } from './open-store.ts'

const directory = mkdtempSync(join(tmpdir(), 'callweave-ledger-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
let files = 0
const open = () => openStore({ file: join(directory, `${++files}.db`) })

const row = (id: string, finding: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  ...{ id, startedAt: 1_000, line: '7001', finding, why: 'written', inCrm: false, looked: false, mended: false },
  ...{ detail: undefined, differs: undefined, checkedAt: 2_000 },
  ...more,
})
const seen = { why: 'same', inCrm: true, looked: true }

test('given findings of one call, then the latest stays, what was mended stays mended, and belief does not replace sight', async () => {
  await using store = await open()
  const latest = async (...rows: readonly LedgerRow[]) => {
    for (const each of rows) await store.ledger.put('main', [each])
    const [found, ...more] = await store.ledger.startedBetween('main', 0, 9_999)
    expect(more).toEqual([])
    return `${found?.finding} ${found?.why} ${found?.inCrm} ${found?.mended}`
  }
  expect(await latest(row('1.1', 'registered', { why: 'missing', mended: true }))).toBe('registered missing false true')
  expect(await latest(row('1.1', 'right'))).toBe('right written false true')
  expect(await latest(row('1.1', 'right', seen), row('1.1', 'right'))).toBe('right same true true')
  const gone = row('1.1', 'removed-by-people', { why: 'gone', looked: true })
  expect(await latest(gone, row('1.1', 'right'))).toBe('removed-by-people gone false true')
  expect(await latest(row('1.1', 'failed', { why: 'refused' }))).toBe('failed refused false true')
})

test('given findings of a day, then they come by start, each PBX’s own, and the old ones go', async () => {
  await using store = await open()
  const many = Array.from({ length: 2_500 }, (_, at) => row(`${at}.1`, 'right', { startedAt: 10_000 - at }))
  await store.ledger.put('main', many)
  await store.ledger.put('other', [row('1.1', 'right')])
  const found = await store.ledger.startedBetween('main', 0, 10_000)
  expect(found).toHaveLength(2_500)
  expect(found[0]?.id).toBe('2499.1')
  expect(await store.ledger.forget(9_000, 1_000)).toBe(true)
  expect(await store.ledger.forget(9_000, 1_000)).toBe(true)
  expect(await store.ledger.forget(9_000, 1_000)).toBe(false)
  expect(await store.ledger.startedBetween('main', 0, 10_000)).toHaveLength(1_001)
})

test('given times nobody saw, then those that touch a day come, and one that grows is one', async () => {
  await using store = await open()
  await store.ledger.addBlind('main', { from: 100, to: 200, why: 'no-cel' })
  await store.ledger.addBlind('main', { from: 100, to: 300, why: 'no-cel' })
  await store.ledger.addBlind('main', { from: 900, to: 950, why: 'both-witnesses' })
  expect(await store.ledger.blindBetween('main', 250, 899)).toEqual([{ from: 100, to: 300, why: 'no-cel' }])
  expect(await store.ledger.blindBetween('main', 301, 899)).toEqual([])
})

test('given a call in the journal, when a better witness tells it, then the former telling is kept, once', async () => {
  await using store = await open()
  const entry = { pbx: 'main', id: '1.1', linkedids: ['1.1'], startedAt: 1, endedAt: 2, direction: 'in', clientKey: '' }
  await store.journal.recordEnded({ ...entry, call: { talkSeconds: 2 }, events: [], leftOut: 'hook' }, [])
  expect((await store.journal.find('main', '1.1'))?.leftOut).toBe('hook')
  const better = { ...entry, endedAt: 9, call: { talkSeconds: 8 }, events: [{ at: 1 }] }
  expect(await store.journal.retell(better)).toBe(true)
  expect(await store.journal.retell(better)).toBe(false)
  expect(await store.journal.former('main', '1.1')).toEqual([{ talkSeconds: 2 }])
  expect(await store.journal.find('main', '1.1')).toMatchObject({
    endedAt: 9,
    call: { talkSeconds: 8 },
    events: [{ at: 1 }],
  })
  await store.journal.sayLate('main', '1.1', [])
  expect((await store.journal.find('main', '1.1'))?.leftOut).toBeUndefined()
})
