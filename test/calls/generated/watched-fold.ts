import type { Call, Evidence, Phase } from '../../../src/calls/call.ts'
import type { CallEvent } from '../../../src/calls/call-event.ts'
import { createCallTracker } from '../../../src/calls/call-tracker.ts'
import type { StaffDirectory } from '../../../src/calls/staff.ts'
import { MOBILE_OF_105 } from '../experienced.ts'

export const staff: StaffDirectory = { internal: /^1\d\d$/, people: [{ extension: '105', mobiles: [MOBILE_OF_105] }] }

export interface Watched {
  readonly phases: readonly Phase[]
  /** In the order of their ids. */
  readonly ended: readonly Call[]
  /** Not ended when the stream was. */
  readonly live: readonly Call[]
  /** What each ended call was folded from. */
  readonly kept: ReadonlyMap<string, readonly CallEvent[]>
  readonly next: number | undefined
}

/** Folds a stream and looks at every running call after every event. */
export function watchedFold(
  events: readonly CallEvent[],
  look: (call: Call, now: number) => void = () => undefined,
  evidence: Evidence = 'live',
): Watched {
  const tracker = createCallTracker({ staff, country: 'RU', evidence })
  const phases: Phase[] = []
  const kept = new Map<string, readonly CallEvent[]>()
  let now = 0
  for (const event of events) {
    now = Math.max(now, event.at)
    for (const phase of tracker.take(event)) {
      phases.push(phase)
      look(phase.call, now)
      if (phase.kind === 'ended') kept.set(phase.call.id, tracker.events(phase.call.id))
    }
    for (const call of tracker.live()) look(call, now)
  }
  const ended = phases.flatMap((phase) => (phase.kind === 'ended' ? [phase.call] : []))
  return {
    phases,
    ended: ended.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    live: tracker.live(),
    kept,
    next: tracker.nextClockAt(),
  }
}
