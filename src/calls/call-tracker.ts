import type { Call, Evidence, Phase } from './call.ts'
import type { CallEvent } from './call-event.ts'
import type { StaffDirectory } from './staff.ts'

/** Folds events into calls. No I/O and no clock: the same events give the same calls. Never throws on an event. */
export interface CallTracker {
  /** Takes one event, in the order Asterisk published it. Returns what it changed for the rest of the house, in order. */
  take(event: CallEvent): readonly Phase[]
  /** Calls that have not ended, oldest first. Noise is not among them. */
  live(): readonly Call[]
  /** By id or any linkedid; ended calls while they are remembered (the last hundred). */
  find(id: string): Call | undefined
  /** The events the call was folded from, in order; empty when it is no longer remembered. Read it when `ended` comes. */
  events(callId: string): readonly CallEvent[]
  /** Epoch milliseconds at which a `clock` event would change something; undefined when none would. */
  nextClockAt(): number | undefined
  /** Arrivals by no known trunk so far (scanners). */
  noiseCount(): number
}

export interface CallTrackerOptions {
  readonly staff: StaffDirectory
  /** Endpoint names of the trunks. Left out: every endpoint that is neither staff nor `anonymous` is one. */
  readonly trunks?: readonly string[]
  /** ISO 3166 country of national numbers, `RU`. */
  readonly country: string
  /** Which witness tells the events; `live` by default. */
  readonly evidence?: Evidence
}
