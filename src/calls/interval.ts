/** A stretch of time in epoch milliseconds; without an end it still goes on. */
export interface Interval {
  readonly start: number
  readonly end?: number
}

/** A leave and a re-entry within this time are one conversation (design section 3): bridges are rebuilt under people who talk. */
export const SAME_CONVERSATION_MS = 200

/** Adds a beginning; one that comes within `gapMs` of the last end, or while the last still goes on, continues it. */
export function opened(intervals: readonly Interval[], at: number, gapMs = 0): readonly Interval[] {
  const last = intervals.at(-1)
  if (!last) return [{ start: at }]
  if (last.end === undefined) return intervals
  if (at - last.end <= gapMs) return [...intervals.slice(0, -1), { start: last.start }]
  return [...intervals, { start: at }]
}

/** Ends the one that goes on; none does: nothing changes. */
export function closed(intervals: readonly Interval[], at: number): readonly Interval[] {
  const last = intervals.at(-1)
  if (!last || last.end !== undefined) return intervals
  return [...intervals.slice(0, -1), { start: last.start, end: Math.max(last.start, at) }]
}

/** The same time, each moment once, in order. What goes on ends at `now`; gaps of up to `gapMs` are none. */
export function union(intervals: readonly Interval[], now: number, gapMs = 0): readonly Required<Interval>[] {
  const ended = intervals.map(({ start, end = Math.max(start, now) }) => ({ start, end }))
  const result: { start: number; end: number }[] = []
  for (const interval of ended.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1)
    if (last && interval.start <= last.end + gapMs) last.end = Math.max(last.end, interval.end)
    else result.push({ ...interval })
  }
  return result
}

/** The moments that are in both; arguments as `union` returns them. */
export function intersection(
  left: readonly Required<Interval>[],
  right: readonly Required<Interval>[],
): readonly Required<Interval>[] {
  return left.flatMap((a) =>
    right.flatMap((b) => {
      const start = Math.max(a.start, b.start)
      const end = Math.min(a.end, b.end)
      return start < end ? [{ start, end }] : []
    }),
  )
}

/** Seconds with one decimal, as calls tell them. */
export function secondsOf(intervals: readonly Required<Interval>[]): number {
  return toSeconds(intervals.reduce((sum, { start, end }) => sum + end - start, 0))
}

/** Milliseconds to seconds with one decimal, never negative. */
export function toSeconds(ms: number): number {
  return Math.round(Math.max(0, ms) / 100) / 10
}
