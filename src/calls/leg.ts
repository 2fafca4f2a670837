import type { ChannelFacts } from './call-event.ts'
import { parseChannelName } from './channel-name.ts'
import type { Directory, EndKind } from './directory.ts'
import type { Leg } from './state.ts'

/** A channel met for the first time. */
export function createLeg(facts: ChannelFacts, born: Leg['born'], at: number, directory: Directory): Leg {
  const { technology, endpoint, pair, half } = parseChannelName(facts.name)
  const kind = directory.kindOf(technology, endpoint)
  return {
    id: facts.id,
    name: facts.name,
    technology,
    endpoint,
    pair,
    half,
    otherHalf: undefined,
    kind,
    createdAt: at,
    born,
    newborn: false,
    role: roleAtBirth(kind, born),
    extension: kind === 'staff' ? endpoint : '',
    external: undefined,
    number: born === 'arriving' ? (facts.callerNumber ?? '') : '',
    calledParty: born === 'dialled' ? (facts.callerNumber ?? '') : '',
    firstExten: facts.exten ?? '',
    line: facts.did ?? '',
    linkedid: facts.linkedid ?? '',
    dialler: undefined,
    dialStatus: '',
    upAt: facts.state === 'Up' ? at : undefined,
    goneAt: undefined,
    cause: undefined,
    hungUpBy: undefined,
    hungUpAt: Infinity,
    bridge: undefined,
    holds: [],
    exten: facts.exten ?? '',
    app: facts.app ?? '',
    appData: facts.appData ?? '',
    appSince: at,
    voicemail: '',
    skipped: facts.skipped === true,
    home: undefined,
    facts: undefined,
    events: [],
  }
}

/** The part a channel has by its kind alone. */
export function roleAtBirth(kind: EndKind, born: Leg['born']): Leg['role'] {
  if (kind === 'staff') return 'person'
  if (kind !== 'trunk') return 'none'
  return born === 'arriving' ? 'client' : 'undecided'
}

export function isLive(leg: Leg): boolean {
  return leg.goneAt === undefined
}

/** Live and answered: only such legs talk. */
export function isUp(leg: Leg): boolean {
  return leg.upAt !== undefined && leg.goneAt === undefined
}

/** Arrives by no known trunk: whatever it begins is noise. */
export function isScanner(leg: Leg): boolean {
  return leg.kind === 'stranger' && leg.born === 'arriving'
}
