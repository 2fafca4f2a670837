import type { CallEvent } from './call-event.ts'
import type { CallState } from './call-state.ts'

/** The events of every channel that had a part in the call, each once, in order. Folded again they give the same call. */
export function eventsOf(call: CallState): readonly CallEvent[] {
  const bySeq = new Map<number, CallEvent>()
  for (const leg of new Set([...call.legs, ...call.talks.keys()])) {
    for (const { seq, event } of leg.events) bySeq.set(seq, event)
  }
  return [...bySeq].toSorted(([a], [b]) => a - b).map(([, event]) => event)
}
