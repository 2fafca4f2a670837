import type { Asked } from '../reconciliation/asked.ts'
import type { ReadCallRequest } from './request.ts'

/** A part of what was asked, small enough that whoever asks for one call meanwhile does not wait for long. */
export interface Slice {
  readonly asked: Asked
  /** Where the work stands when it is done: an instant, or how many ids. */
  readonly next: number
}

const SLICE_MS = 3_600_000
const SLICE_IDS = 500

/** Where the work begins: an instant, or no ids. */
export function beginningOf({ asked }: ReadCallRequest): number {
  return asked.kind === 'ids' ? 0 : asked.from
}

/**
 * What is left to do.
 * @param position where the work stands
 * @param until end of a period that was asked for without one, epoch milliseconds
 */
export function* slicesOf(
  { asked, compare }: ReadCallRequest,
  position: number,
  until: number,
): Generator<Slice, void, undefined> {
  // The notes of the CRM are read back once a pass, and for all of it.
  const [ms, ids] = compare ? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] : [SLICE_MS, SLICE_IDS]
  if (asked.kind === 'ids') {
    for (let at = position; at < asked.ids.length; at += ids) {
      const some = asked.ids.slice(at, at + ids)
      yield { asked: { kind: 'ids', ids: some }, next: at + some.length }
    }
    return
  }
  const to = asked.to ?? until
  for (let from = position; from <= to; from += ms) {
    const last = Math.min(to, from + ms - 1)
    yield { asked: { kind: 'records', from, to: last }, next: last + 1 }
  }
}

/** How much is done, 0 to 1. */
export function shareOf({ asked }: ReadCallRequest, position: number, until: number): number {
  const [from, to] = asked.kind === 'ids' ? [0, asked.ids.length] : [asked.from, (asked.to ?? until) + 1]
  return Math.min(1, Math.max(0, (position - from) / Math.max(1, to - from)))
}
