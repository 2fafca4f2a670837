import { describe, expect, test } from 'vitest'
import { brokenCap, counted, dayOf, madeLately, onDay, tallyOf, uncounted } from './caps.ts'
import { openTally } from './tally-keeper.ts'

const DAY = '2026-11-20'
const caps = { perPerson: 2, total: 3 }
const NOON = new Date(2026, 10, 20, 12).getTime()
const DAY_MS = 86_400_000

describe('given caps', () => {
  test('when a person has used them up, then the next call is refused and colleagues go on until all are through', () => {
    let tally = tallyOf(undefined, DAY)
    for (const call of ['a', 'b']) tally = counted(tally, '101', call)
    expect(brokenCap(tally, '101', caps)).toBe('daily-cap')
    expect(brokenCap(tally, '102', caps)).toBeUndefined()
    tally = counted(tally, '102', 'c')
    expect(brokenCap(tally, '102', caps)).toBe('daily-cap-of-all')
  })
  test('when a call never began, then it counts nothing', () => {
    const tally = uncounted(counted(tallyOf(undefined, DAY), '101', 'a'), '101', 'a')
    expect(tally).toMatchObject({ total: 0, byPerson: { 101: 0 }, recent: [] })
    expect(uncounted(tally, '101', 'a').total).toBe(0)
  })
  test('when the store holds another day or garbage, then the day begins at nothing', () => {
    const yesterday = JSON.stringify(counted(tallyOf(undefined, '2026-11-19'), '101', 'a'))
    expect(tallyOf(yesterday, DAY)).toEqual({ day: DAY, total: 0, byPerson: {}, recent: [], before: ['a'] })
    for (const text of ['', 'null', '{"day":1}', '{"day":"2026-11-20","total":-5,"byPerson":{}}'])
      expect(tallyOf(text, DAY).total).toBe(0)
  })
  test('when thousands of calls follow within a day, then each is known to the day’s end and all of the next', () => {
    let tally = tallyOf(undefined, DAY)
    for (let call = 0; call < 2_000; call++) tally = counted(tally, '101', `call-${call}`)
    const stored = JSON.stringify(tally)
    for (const day of [DAY, '2026-11-21']) {
      const later = tallyOf(stored, day)
      expect([madeLately(later, 'call-0'), madeLately(later, 'call-1999'), madeLately(later, 'other')]).toEqual([
        true,
        true,
        false,
      ])
    }
    expect(madeLately(onDay(onDay(tally, '2026-11-21'), '2026-11-22'), 'call-0')).toBe(false)
  })
  test('when a name like __proto__ is counted, then it is a name', () => {
    expect(brokenCap(tallyOf(undefined, DAY), '__proto__', caps)).toBeUndefined()
  })
  test('when the day is asked for, then it is the calendar’s', () => {
    expect(dayOf(NOON)).toBe(DAY)
  })
})

describe('given a tally on disk', () => {
  const disk = () => {
    const values = new Map<string, string>()
    return {
      values,
      get: async (name: string) => values.get(name),
      set: async (name: string, value: string) => void values.set(name, value),
    }
  }

  test('when the service starts anew, then the day’s calls are still counted and known', async () => {
    const store = disk()
    const before = await openTally(store, caps, () => NOON)
    expect(await before.take('101', 'a')).toBe('taken')
    expect(await before.take('101', 'b')).toBe('taken')
    const after = await openTally(store, caps, () => NOON)
    expect(await after.take('101', 'c')).toBe('daily-cap')
    expect(after.madeBefore('a')).toBe(true)
    expect(after.madeBefore('c')).toBe(false)
  })

  test('when midnight passes, then the count begins anew without a restart', async () => {
    let now = NOON
    const tally = await openTally(disk(), { perPerson: 1, total: 9 }, () => now)
    expect(await tally.take('101', 'a')).toBe('taken')
    expect(await tally.take('101', 'b')).toBe('daily-cap')
    now += DAY_MS
    expect(await tally.take('101', 'c')).toBe('taken')
  })

  test('when many calls come in one moment, then no more than the cap pass', async () => {
    const tally = await openTally(disk(), { perPerson: 9, total: 3 }, () => NOON)
    const taken = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((call) => tally.take(`10${call}`, call)))
    expect(taken.filter((one) => one === 'taken')).toHaveLength(3)
  })

  test('when the disk refuses, then the call is not made and not counted', async () => {
    const full = { get: async () => undefined, set: async () => Promise.reject(new Error('disk full')) }
    const tally = await openTally(full, caps, () => NOON)
    await expect(tally.take('101', 'a')).rejects.toThrow('disk full')
    expect(tally.madeBefore('a')).toBe(false)
  })
})
