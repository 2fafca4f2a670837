import type { Evidence, Transfer } from './call.ts'
import type { Interval } from './interval.ts'
import type { Leg } from './leg.ts'

/** A call as the fold keeps it; `describe-call.ts` turns it into a `Call`. */
export interface CallState {
  readonly id: string
  readonly linkedids: Set<string>
  startedAt: number
  /** The first leg of all. */
  readonly starter: Leg
  /** The client's number as it is told, with what it was told for: normalising costs more than all else. */
  toldNumber: { readonly raw: string; readonly told: string } | undefined
  /** Legs of the client, in order of birth: more than one when a second trunk was tried. */
  readonly clients: Leg[]
  /** Every leg that ever served this call. */
  readonly legs: Set<Leg>
  /** Legs that serve it at present and are not gone. */
  readonly liveLegs: Set<Leg>
  /** Dialled legs of persons. */
  readonly rings: Set<Leg>
  /** When each leg of a person was connected with the client (without a client: with another person). */
  readonly talks: Map<Leg, readonly Interval[]>
  /** Extensions whose phones ring, with the legs that do. */
  readonly ringing: Map<string, Set<Leg>>
  /** Extensions a conversation was announced of and not yet its end. */
  readonly talking: Set<string>
  /** When the last of an extension's legs left: told when 200 ms have passed without a return. */
  readonly leaving: Map<string, number>
  readonly transfers: Transfer[]
  /** The extension whose phone sent the call on last, and where to. */
  forward: { readonly extension: string; readonly target: string } | undefined
  ivr: string
  readonly recordings: Set<string>
  voicemailLeft: boolean
  arrivedSaid: 'no' | 'without client' | 'with client'
  /** Arrived by no known trunk: never told to anybody. */
  readonly noise: boolean
  evidence: Evidence
  endedAt: number | undefined
  /** Since when nothing holds the call up. */
  quietSince: number | undefined
  /** The `ended` phase was told; nothing changes any more. */
  over: boolean
  absorbedInto: CallState | undefined
  /** The call before this one under the same linkedid: this one cannot be folded again without it. */
  previous: CallState | undefined
}

/** A new call, begun by this leg. */
export function createCallState(id: string, starter: Leg, evidence: Evidence): CallState {
  return {
    id,
    linkedids: new Set([id]),
    startedAt: starter.createdAt,
    starter,
    toldNumber: undefined,
    clients: [],
    legs: new Set(),
    liveLegs: new Set(),
    rings: new Set(),
    talks: new Map(),
    ringing: new Map(),
    talking: new Set(),
    leaving: new Map(),
    transfers: [],
    forward: undefined,
    ivr: '',
    recordings: new Set(),
    voicemailLeft: false,
    arrivedSaid: 'no',
    noise: starter.kind === 'stranger' && starter.born === 'arriving',
    evidence,
    endedAt: undefined,
    quietSince: undefined,
    over: false,
    absorbedInto: undefined,
    previous: undefined,
  }
}

/** The call this one is part of now. */
export function currentCall(call: CallState): CallState {
  let current = call
  while (current.absorbedInto) current = current.absorbedInto
  return current
}
