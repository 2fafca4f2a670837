import type { Call, Evidence, Phase } from './call.ts'
import type { CallEvent } from './call-event.ts'
import { describeCall } from './describe-call.ts'
import { createDirectory } from './directory.ts'
import { expire } from './end.ts'
import { eventsOf } from './kept-events.ts'
import { isUp } from './leg.ts'
import type { StaffDirectory } from './staff.ts'
import { takeEvent } from './take-event.ts'
import { createWorld, findCall } from './world.ts'

/** Folds events into calls. No I/O and no clock: the same events give the same calls. Never throws on an event. */
export interface CallTracker {
  /** Takes one event, in the order Asterisk published it. Returns what it changed for the rest of the house, in order. */
  take(event: CallEvent): readonly Phase[]
  /** Calls that have not ended, oldest first. Noise is not among them. */
  live(): readonly Call[]
  /** By id or any linkedid; ended calls while they are remembered (some hundred). */
  find(id: string): Call | undefined
  /** The events the call was folded from, in order; empty when it is no longer remembered. Read it when `ended` comes. */
  events(callId: string): readonly CallEvent[]
  /** Epoch milliseconds at which a `clock` event could change something; undefined when none would. */
  nextClockAt(): number | undefined
  /** Arrivals by no known trunk so far (scanners). */
  noiseCount(): number
  /** Whether a phone of this person is in an answered call of any kind, conversations among colleagues included. */
  isTalking(extension: string): boolean
  /** Other people work here from now on. Channels that are there keep the part they have: no call is told anew. */
  employ(staff: StaffDirectory): void
}

export interface CallTrackerOptions {
  readonly staff: StaffDirectory
  /** Endpoint names of the trunks. Left out: every endpoint that is neither staff nor `anonymous` is one. */
  readonly trunks?: readonly string[] | undefined
  /** ISO 3166 country of national numbers, `RU`. */
  readonly country: string
  /** Which witness tells the events; `live` by default. */
  readonly evidence?: Evidence
}

/** A tracker that has seen nothing yet. */
export function createCallTracker(options: CallTrackerOptions): CallTracker {
  const { staff, trunks, country, evidence = 'live' } = options
  const world = createWorld({ directory: createDirectory(staff, trunks), country, evidence })

  return {
    take(event) {
      world.phases = []
      if (!Number.isFinite(event.at)) return world.phases
      world.now = Math.max(world.now, event.at)
      expire(world, event.at, event.kind === 'clock')
      takeEvent(world, event)
      return world.phases
    },
    live: () =>
      [...world.calls]
        .filter((call) => !call.noise)
        .toSorted((a, b) => a.startedAt - b.startedAt)
        .map((call) => describeCall(world, call, world.now)),
    find(id) {
      const call = findCall(world, id)
      return call && !call.noise ? describeCall(world, call, world.now) : undefined
    },
    events(callId) {
      const call = findCall(world, callId)
      return call ? eventsOf(world, call) : []
    },
    nextClockAt: () => world.deadlines.next(),
    noiseCount: () => world.noise,
    isTalking: (extension) =>
      [...world.legs.values()].some((leg) => leg.role === 'person' && leg.extension === extension && isUp(leg)),
    employ(employed) {
      world.directory = createDirectory(employed, trunks)
    },
  }
}
