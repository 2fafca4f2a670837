import type { HookPoint } from './points.ts'

export interface StreakOptions {
  /** So many failures in a row are enough. */
  readonly restAfter: number
  readonly restMs: number
}

/** A hook that always fails is left alone for a while: each try costs a call its time. */
export interface Streaks {
  failed(point: HookPoint, now: number): void
  succeeded(point: HookPoint): void
  /** Until when it rests; undefined when it does not. */
  restsUntil(point: HookPoint, now: number): number | undefined
  /** Another file may do better. */
  forget(): void
}

export function createStreaks(options: () => StreakOptions): Streaks {
  const failures = new Map<HookPoint, number>()
  const rests = new Map<HookPoint, number>()
  return {
    failed: (point, now) => {
      const { restAfter, restMs } = options()
      const count = (failures.get(point) ?? 0) + 1
      failures.set(point, count)
      if (count < restAfter) return
      failures.delete(point)
      rests.set(point, now + restMs)
    },
    succeeded: (point) => void failures.delete(point),
    restsUntil: (point, now) => {
      const until = rests.get(point)
      if (until === undefined || until > now) return until
      rests.delete(point)
      return undefined
    },
    forget: () => {
      failures.clear()
      rests.clear()
    },
  }
}
