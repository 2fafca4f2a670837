import type { TroubleKind } from './trouble.ts'

/** How often what went wrong: within the last hour, and since the start. */
export interface TroubleCounts {
  add(kind: TroubleKind): void
  /** Kinds that did not happen are left out. */
  lastHour(): Readonly<Partial<Record<TroubleKind, number>>>
  total(): Readonly<Partial<Record<TroubleKind, number>>>
}

const MINUTE_MS = 60_000
const MINUTES = 60

/** A ring of sixty minutes: an hour costs as much memory as a quiet one. @param now epoch milliseconds */
export function createTroubleCounts(now: () => number): TroubleCounts {
  const ring = Array.from({ length: MINUTES }, () => ({ minute: -1, counts: new Map<TroubleKind, number>() }))
  const since = new Map<TroubleKind, number>()
  const minuteNow = () => Math.floor(now() / MINUTE_MS)

  return {
    add(kind) {
      const minute = minuteNow()
      const slot = ring[minute % MINUTES]
      if (!slot) return
      if (slot.minute !== minute) {
        slot.minute = minute
        slot.counts.clear()
      }
      more(slot.counts, kind, 1)
      more(since, kind, 1)
    },
    lastHour() {
      const minute = minuteNow()
      const sum = new Map<TroubleKind, number>()
      for (const slot of ring) {
        if (slot.minute > minute || slot.minute <= minute - MINUTES) continue
        for (const [kind, count] of slot.counts) more(sum, kind, count)
      }
      return Object.fromEntries(sum)
    },
    total: () => Object.fromEntries(since),
  }
}

function more(counts: Map<TroubleKind, number>, kind: TroubleKind, by: number): void {
  counts.set(kind, (counts.get(kind) ?? 0) + by)
}
