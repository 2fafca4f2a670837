import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Asked, PassOptions } from './asked.ts'
import { DatabaseUnreachable } from './database-error.ts'
import { createRegularPasses } from './regular-passes.ts'

const NOW = Date.UTC(2026, 10, 20, 8)
const MINUTE = 60_000
beforeEach(() => vi.useFakeTimers({ now: NOW }))
afterEach(() => vi.useRealTimers())

function running(settings: Map<string, string>, fails: () => boolean = () => false, nightly = '30 3 * * *') {
  const passes: (Asked & Pick<PassOptions, 'compareCrm' | 'onDemand' | 'dry'>)[] = []
  const warnings: string[] = []
  const stop = new AbortController()
  const regular = createRegularPasses({
    reconciliation: {
      // biome-ignore lint/correctness/useYield: nothing is found
      async *reconcile(asked, { compareCrm, onDemand, dry }) {
        if (fails()) throw new DatabaseUnreachable('the database is away', 'start it')
        passes.push({ ...asked, compareCrm, onDemand, dry })
      },
    },
    settings: {
      get: async (name) => settings.get(name),
      set: async (name, value) => void settings.set(name, value),
    },
    ledger: { forget: async () => false },
    asteriskNow: Date.now,
    ...{ firstStartAt: NOW - 600 * MINUTE, leaveAloneMs: 5 * MINUTE, everyMs: 3 * MINUTE },
    ...{ nightly, nightlyDays: 2, mayCompare: true },
    log: { info: () => undefined, warn: (_, message) => void warnings.push(message) },
  })
  const ended = regular.run(stop.signal)
  return {
    ...{ passes, warnings, status: regular.status },
    stop: async () => {
      stop.abort()
      await vi.advanceTimersByTimeAsync(1_000)
      await ended
    },
  }
}

test('given a watermark, when time goes on, then what was written since is read in hours, and never the last five minutes', async () => {
  const settings = new Map([['reconciled-until', String(NOW - 150 * MINUTE)]])
  const { passes, stop, status } = running(settings)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(passes.map((pass) => pass.kind !== 'ids' && [pass.from - NOW, pass.to - NOW])).toEqual([
    [-150 * MINUTE, -90 * MINUTE],
    [-90 * MINUTE, -30 * MINUTE],
    [-30 * MINUTE, -5 * MINUTE],
  ])
  expect(passes[0]).toMatchObject({ kind: 'records', compareCrm: false, onDemand: false, dry: false })
  expect(Number(settings.get('reconciled-until'))).toBe(NOW - 5 * MINUTE)
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  expect(passes.length).toBeGreaterThanOrEqual(5)
  expect(passes.length).toBeLessThanOrEqual(7)
  expect(status()).toMatchObject({ trouble: undefined, reconciledUntil: Number(settings.get('reconciled-until')) })
  await stop()
})

test('given a first start, then nothing before it is read', async () => {
  const { passes, stop } = running(new Map())
  await vi.advanceTimersByTimeAsync(1_000)
  expect(passes[0]).toMatchObject({ from: NOW - 600 * MINUTE })
  await stop()
})

test('given a database that is away for a while, then it is told once, and later everything is read', async () => {
  const settings = new Map([['reconciled-until', String(NOW - 60 * MINUTE)]])
  let isAway = true
  const { passes, warnings, status, stop } = running(settings, () => isAway)
  await vi.advanceTimersByTimeAsync(30 * MINUTE)
  expect(passes).toEqual([])
  expect(warnings).toHaveLength(1)
  expect(status().trouble).toContain('the database is away')
  isAway = false
  await vi.advanceTimersByTimeAsync(4 * MINUTE)
  expect(passes[0]).toMatchObject({ from: NOW - 60 * MINUTE })
  expect(status().trouble).toBeUndefined()
  await stop()
})

test('given the nightly hour, then the last days since the first start are held against the CRM, and tried again until it is done', async () => {
  const settings = new Map([['reconciled-until', String(NOW)]])
  let isAway = true
  const { passes, status, stop } = running(settings, () => isAway, '*/20 * * * *')
  await vi.advanceTimersByTimeAsync(21 * MINUTE)
  expect(status().nightly).toBeUndefined()
  isAway = false
  await vi.advanceTimersByTimeAsync(8 * MINUTE)
  const compared = passes.filter(({ compareCrm }) => compareCrm)
  expect(compared).toMatchObject([{ kind: 'span', from: NOW - 600 * MINUTE, onDemand: false }])
  expect(status().nightly?.summary.calls).toBe(0)
  await stop()
})
