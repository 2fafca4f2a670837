import type { BridgeState } from './bridges.ts'
import type { CallEvent, ChannelFacts, HangupSide } from './call-event.ts'
import type { CallState } from './call-state.ts'
import { parseChannelName } from './channel-name.ts'
import type { Directory, EndKind } from './directory.ts'
import type { Interval } from './interval.ts'

/**
 * One channel and all that is known of it. `undecided` is a trunk leg just dialled: whether it is the client or a person's
 * mobile is known once the number is.
 */
export interface Leg {
  readonly id: string
  readonly name: string
  readonly technology: string
  readonly endpoint: string
  readonly pair: string | undefined
  readonly half: 1 | 2 | undefined
  readonly kind: EndKind
  readonly createdAt: number
  born: 'arriving' | 'dialled'
  role: 'client' | 'person' | 'undecided' | 'none'
  /** Of a person. */
  extension: string
  /** The outside number a person was reached at. */
  external: string | undefined
  /** Of a trunk leg: who calls, or what was dialled. As Asterisk gave it. */
  number: string
  /** Exten of the dialplan at birth: the DID of an arriving leg. */
  readonly firstExten: string
  linkedid: string
  /** Who dialled it. */
  dialler: Leg | undefined
  dialStatus: string
  upAt: number | undefined
  goneAt: number | undefined
  cause: number | undefined
  hungUpBy: HangupSide | undefined
  bridge: BridgeState | undefined
  holds: readonly Interval[]
  exten: string
  app: string
  appData: string
  /** When `app` was entered. */
  appSince: number
  did: string
  voicemail: string
  /** The call it serves at present. */
  home: CallState | undefined
  /** What happened to it, each with its place in the order of all events. */
  readonly events: { readonly seq: number; readonly event: CallEvent }[]
}

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
    kind,
    createdAt: at,
    born,
    role: roleAtBirth(kind, born),
    extension: kind === 'staff' ? endpoint : '',
    external: undefined,
    number: born === 'arriving' ? (facts.callerNumber ?? '') : '',
    firstExten: facts.exten ?? '',
    linkedid: facts.linkedid ?? '',
    dialler: undefined,
    dialStatus: '',
    upAt: facts.state === 'Up' ? at : undefined,
    goneAt: undefined,
    cause: undefined,
    hungUpBy: undefined,
    bridge: undefined,
    holds: [],
    exten: facts.exten ?? '',
    app: facts.app ?? '',
    appData: facts.appData ?? '',
    appSince: at,
    did: facts.did ?? '',
    voicemail: '',
    home: undefined,
    events: [],
  }
}

function roleAtBirth(kind: EndKind, born: Leg['born']): Leg['role'] {
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
