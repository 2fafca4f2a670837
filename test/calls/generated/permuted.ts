import type { CallEvent, ChannelFacts } from '../../../src/calls/call-event.ts'

/**
 * The same stream in another order that a witness might as well have told it in: events of one instant change places, but for those
 * that speak of a common channel or bridge.
 * @param random picks: each a natural number
 */
export function permuted(events: readonly CallEvent[], random: () => number): readonly CallEvent[] {
  const rest = [...events]
  const result: CallEvent[] = []
  while (rest.length > 0) {
    const ready = candidates(rest)
    const chosen = ready[random() % ready.length] ?? 0
    result.push(...rest.splice(chosen, 1))
  }
  return result
}

/** Places of the events of the first instant that depend on none before them. */
function candidates(rest: readonly CallEvent[]): readonly number[] {
  const ready: number[] = []
  const taken = new Set<string>()
  for (const [index, event] of rest.entries()) {
    if (event.at !== rest[0]?.at || event.kind === 'clock' || event.kind === 'snapshot') break
    const subjects = subjectsOf(event)
    if (!subjects.some((each) => taken.has(each))) ready.push(index)
    for (const each of subjects) taken.add(each)
  }
  return ready.length > 0 ? ready : [0]
}

/** Ids of all channels and bridges the event speaks of. */
export function subjectsOf(event: CallEvent): readonly string[] {
  const found: string[] = []
  for (const value of Object.values(event) as readonly unknown[]) {
    if (typeof value === 'object' && value !== null && 'id' in value) found.push(String((value as ChannelFacts).id))
  }
  if (event.kind === 'recording') found.push(event.channelId ?? '', event.bridgeId ?? '')
  return found
}
