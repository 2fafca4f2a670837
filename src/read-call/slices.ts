import type { Asked } from '../reconciliation/asked.ts'
import type { ReadCallRequest } from './request.ts'

/** A part of what was asked, small enough that whoever asks for one call meanwhile does not wait for long. */
export interface Slice {
  readonly asked: Asked
  /** Where the work stands when it is done: an instant, or how many ids. */
  readonly next: number
}

/** Each slice has a thread of its own, which takes a moment to begin. */
const LONGEST_MS = 86_400_000
const SHORTEST_MS = 900_000
/** Whoever asks for one call meanwhile waits about so long. */
const SLICE_TAKES_MS = 10_000
const SLICE_IDS = 1_000

/** Where the work begins: an instant, or no ids. */
export function beginningOf({ asked }: ReadCallRequest): number {
  return asked.kind === 'ids' ? 0 : asked.from
}

/** How long the first slice of a period is, milliseconds of calls. */
export const FIRST_SLICE_MS = LONGEST_MS

/** How long the next one is, after one of `sliceMs` took `tookMs`. */
export function nextSliceMs(sliceMs: number, tookMs: number): number {
  const fits = (sliceMs * SLICE_TAKES_MS) / Math.max(1, tookMs)
  return Math.round(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, fits)))
}

/**
 * What is to be done next; undefined: nothing more.
 * @param position where the work stands
 * @param until end of a period that was asked for without one, epoch milliseconds
 */
export function sliceAt(
  { asked, compare }: ReadCallRequest,
  position: number,
  until: number,
  sliceMs: number,
): Slice | undefined {
  // The notes of the CRM are read back once a pass, and for all of it.
  const [ms, most] = compare ? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] : [sliceMs, SLICE_IDS]
  if (asked.kind === 'ids') {
    const ids = asked.ids.slice(position, position + most)
    return ids.length > 0 ? { asked: { kind: 'ids', ids }, next: position + ids.length } : undefined
  }
  const end = asked.to ?? until
  if (position > end) return undefined
  const to = Math.min(end, position + ms - 1)
  return { asked: { kind: 'records', from: position, to }, next: to + 1 }
}

/** How much is done, 0 to 1. */
export function shareOf({ asked }: ReadCallRequest, position: number, until: number): number {
  const [from, to] = asked.kind === 'ids' ? [0, asked.ids.length] : [asked.from, (asked.to ?? until) + 1]
  return Math.min(1, Math.max(0, (position - from) / Math.max(1, to - from)))
}
