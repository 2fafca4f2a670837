import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Call } from '../calls/call.ts'
import type { CatchUpResult, Gap } from './catch-up.ts'
import { DatabaseUnreachable } from './database-error.ts'
import { createGapKeeper } from './gap-keeper.ts'

const NOW = Date.UTC(2026, 10, 20, 8)
const MINUTE = 60_000
beforeEach(() => vi.useFakeTimers({ now: NOW }))
afterEach(() => vi.useRealTimers())

function kept(settings: Map<string, string>, passes: (gap: Gap) => CatchUpResult | Error) {
  const gaps: Gap[] = []
  const closed: Gap[] = []
  const stop = new AbortController()
  const live: Pick<Call, 'linkedids'>[] = [{ linkedids: ['1.1', '1.2'] }]
  const keeper = createGapKeeper({
    settings: {
      get: async (name) => settings.get(name),
      set: async (name, value) => void settings.set(name, value),
    },
    catchUp: async (gap) => {
      gaps.push(gap)
      const result = passes(gap)
      if (result instanceof Error) throw result
      return result
    },
    closed: async (gap) => void closed.push(gap),
    live: () => live as Call[],
    asteriskNow: Date.now,
    log: { info: () => undefined, warn: () => undefined },
  })
  void keeper.run(stop.signal)
  return { keeper, gaps, closed, stop: () => stop.abort() }
}

const nothing: CatchUpResult = { groups: 0, told: 0, left: 0 }
const until = (settings: Map<string, string>): number => JSON.parse(settings.get('watched-until') ?? '{}').until

describe('given a service that listens', () => {
  test('when all is told, then it is written down up to when, with what is live', async () => {
    const settings = new Map<string, string>()
    const { keeper, stop } = kept(settings, () => nothing)
    keeper.restored()
    await vi.advanceTimersByTimeAsync(10 * MINUTE)
    expect(until(settings)).toBeGreaterThan(NOW + 9 * MINUTE)
    expect(until(settings)).toBeLessThanOrEqual(NOW + 10 * MINUTE - 30_000)
    expect(settings.get('watched-until')).toContain('["1.1","1.2"]')
    expect(keeper.status()).toEqual({ missingSince: undefined, trouble: undefined })
    stop()
  })

  test('when the process is killed and started anew, then the time between is one gap, until five minutes after it', async () => {
    const settings = new Map([['watched-until', JSON.stringify({ until: NOW - 60 * MINUTE, linkedids: ['9.9'] })]])
    const { keeper, gaps, stop } = kept(settings, () => nothing)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(gaps).toEqual([])
    expect(keeper.status().missingSince).toBe(NOW - 60 * MINUTE)
    keeper.restored()
    await vi.advanceTimersByTimeAsync(6_000)
    expect(gaps[0]).toEqual({ from: NOW - 60 * MINUTE, to: NOW + 20_000, linkedids: ['9.9'] })
    await vi.advanceTimersByTimeAsync(4 * MINUTE)
    expect(until(settings)).toBeLessThan(NOW + 20_000)
    await vi.advanceTimersByTimeAsync(2 * MINUTE)
    expect(until(settings)).toBeGreaterThan(NOW)
    stop()
  })

  test('when the very first process ends before it has closed anything, then the next one knows since when to look', async () => {
    const settings = new Map<string, string>()
    const first = kept(settings, () => nothing)
    await vi.advanceTimersByTimeAsync(1_000)
    first.stop()
    await vi.advanceTimersByTimeAsync(MINUTE)
    const { keeper, gaps, stop } = kept(settings, () => nothing)
    keeper.restored()
    await vi.advanceTimersByTimeAsync(6_000)
    expect(gaps[0]?.from).toBe(NOW)
    stop()
  })

  test('when a pass over a long gap has left nothing, then the next one looks at its end only', async () => {
    const settings = new Map([['watched-until', JSON.stringify({ until: NOW - 600 * MINUTE, linkedids: [] })]])
    const { keeper, gaps, stop } = kept(settings, () => nothing)
    keeper.restored()
    await vi.advanceTimersByTimeAsync(6 * MINUTE)
    expect(gaps[0]?.from).toBe(NOW - 600 * MINUTE)
    expect(gaps.at(-1)?.from).toBeGreaterThanOrEqual(NOW - 5 * MINUTE)
    expect(keeper.status().missingSince).toBeUndefined()
    stop()
  })

  test('when a long gap is closed bit by bit, then all of it is told to whoever asks what nobody saw', async () => {
    const settings = new Map([['watched-until', JSON.stringify({ until: NOW - 60 * MINUTE, linkedids: [] })]])
    const { keeper, gaps, closed, stop } = kept(settings, () => nothing)
    keeper.restored()
    await vi.advanceTimersByTimeAsync(10 * MINUTE)
    expect(gaps.length).toBeGreaterThan(1)
    expect(closed).toEqual([{ from: NOW - 60 * MINUTE, to: NOW, linkedids: [] }])
    stop()
  })

  test('when something is left, or CEL cannot be read, then the gap stays open and is tried again', async () => {
    const settings = new Map([['watched-until', JSON.stringify({ until: NOW - MINUTE, linkedids: [] })]])
    let answer: CatchUpResult | Error = new DatabaseUnreachable('nothing listens', 'start it')
    const { keeper, gaps, stop } = kept(settings, () => answer)
    keeper.restored()
    await vi.advanceTimersByTimeAsync(20 * MINUTE)
    expect(keeper.status()).toEqual({ missingSince: NOW - MINUTE, trouble: 'nothing listens: start it' })
    answer = { ...nothing, left: 1 }
    await vi.advanceTimersByTimeAsync(20 * MINUTE)
    expect(keeper.status()).toEqual({ missingSince: NOW - MINUTE, trouble: undefined })
    answer = nothing
    await vi.advanceTimersByTimeAsync(2 * MINUTE)
    expect(keeper.status().missingSince).toBeUndefined()
    expect(gaps.length).toBeLessThan(90)
    stop()
  })

  test('when the link breaks again before a gap is closed, then both are one gap', async () => {
    const settings = new Map([['watched-until', JSON.stringify({ until: NOW - MINUTE, linkedids: [] })]])
    const { keeper, gaps, stop } = kept(settings, () => nothing)
    keeper.restored()
    await vi.advanceTimersByTimeAsync(2 * MINUTE)
    keeper.lost()
    const passes = gaps.length
    await vi.advanceTimersByTimeAsync(10 * MINUTE)
    expect(gaps).toHaveLength(passes)
    keeper.restored()
    await vi.advanceTimersByTimeAsync(6_000)
    expect(gaps.at(-1)?.from).toBeLessThan(NOW)
    expect(gaps.at(-1)?.to).toBe(NOW + 12 * MINUTE)
    stop()
  })
})
