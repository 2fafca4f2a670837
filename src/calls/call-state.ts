import type { Evidence } from './call.ts'
import { isScanner } from './leg.ts'
import type { CallState, Leg } from './state.ts'

/** A new call, begun by this leg. */
export function createCallState(id: string, linkedid: string, starter: Leg, evidence: Evidence): CallState {
  return {
    id,
    linkedids: new Set([linkedid]),
    startedAt: starter.createdAt,
    starter,
    toldNumber: undefined,
    clients: [],
    legs: new Set(),
    liveLegs: new Set(),
    rings: new Set(),
    rangBefore: new Map(),
    nameless: new Set(),
    talks: new Map(),
    talkedBefore: false,
    ringing: new Map(),
    talking: new Set(),
    leaving: new Map(),
    transfers: [],
    forward: undefined,
    ivr: '',
    recordings: new Set(),
    voicemailLeft: false,
    skipped: starter.skipped,
    lost: new Set(),
    arrivedSaid: 'no',
    noise: isScanner(starter),
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
