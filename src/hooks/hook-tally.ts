import type { HookPoint } from './points.ts'

/** How a hook fares, for `/status`. */
export interface HookCounts {
  /** It is loaded and does not rest. */
  readonly on: boolean
  readonly runs: number
  readonly failures: number
  /** Left out while there was none. */
  readonly lastError?: string
  /** How long the last run took. */
  readonly lastMs?: number
}

export interface Tally {
  /** These are loaded now; what is known of others stays to be seen, but they are off. */
  loaded(points: readonly HookPoint[]): void
  refused(point: HookPoint | 'directory', why: string): void
  ran(point: HookPoint, ms: number): void
  failed(point: HookPoint, ms: number, why: string): void
  status(isResting: (point: string) => boolean): Readonly<Record<string, HookCounts>>
}

export function createTally(): Tally {
  const counts = new Map<string, HookCounts>()
  const none: HookCounts = { on: false, runs: 0, failures: 0 }
  const change = (point: string, make: (before: HookCounts) => Partial<HookCounts>): void => {
    const before = counts.get(point) ?? none
    counts.set(point, { ...before, ...make(before) })
  }
  const whole = (ms: number) => Math.round(ms * 10) / 10
  return {
    loaded: (points) => {
      counts.delete('directory')
      for (const point of counts.keys()) change(point, () => ({ on: false }))
      for (const point of points) counts.set(point, { ...none, ...withoutError(counts.get(point)), on: true })
    },
    refused: (point, why) => change(point, () => ({ on: false, lastError: why })),
    ran: (point, ms) => change(point, ({ runs }) => ({ runs: runs + 1, lastMs: whole(ms) })),
    failed: (point, ms, why) =>
      change(point, ({ runs, failures }) => ({
        runs: runs + 1,
        failures: failures + 1,
        lastError: why,
        lastMs: whole(ms),
      })),
    status: (isResting) =>
      Object.fromEntries([...counts].map(([point, each]) => [point, { ...each, on: each.on && !isResting(point) }])),
  }
}

/** The error was of another version of the file. */
function withoutError(before: HookCounts | undefined): Partial<HookCounts> {
  if (!before) return {}
  const { lastError: _, ...rest } = before
  return rest
}
