import type { CallEvent } from './call-event.ts'
import type { CallState, Leg } from './state.ts'

/** The events of every channel that had a part in the call, each once, in order. Folded again they give the same call. */
export function eventsOf(call: CallState): readonly CallEvent[] {
  const bySeq = new Map<number, CallEvent>()
  const legs = new Set<Leg>()
  for (let each: CallState | undefined = call; each; each = each.previous) {
    for (const leg of [...each.legs, ...each.talks.keys()]) legs.add(leg)
  }
  for (const leg of legs) {
    for (const { seq, event } of leg.events) bySeq.set(seq, event)
  }
  return [...bySeq].toSorted(([a], [b]) => a - b).map(([, event]) => event)
}
