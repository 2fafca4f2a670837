import type { Evidence, LostField, Transfer } from './call.ts'
import type { BridgeClass, CallEvent, ChannelFacts, HangupSide, RangBefore } from './call-event.ts'
import type { EndKind } from './directory.ts'
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
  /** Of a Local channel, once both are known. */
  otherHalf: Leg | undefined
  readonly kind: EndKind
  readonly createdAt: number
  born: 'arriving' | 'dialled'
  /** Nothing but its birth is known: who dialled it, and whether that call is to be shown, is told next. */
  newborn: boolean
  role: 'client' | 'person' | 'undecided' | 'none'
  /** Of a person. */
  extension: string
  /** The outside number a person was reached at. */
  external: string | undefined
  /** Of a trunk leg: who calls, or what was dialled. As Asterisk gave it. */
  number: string
  /** Of a dialled leg: its own caller id, which is the called party; counts when nobody told what was dialled (after a gap). */
  calledParty: string
  /** Exten of the dialplan when first met. */
  readonly firstExten: string
  /** What an arriving leg dialled to come here; empty when its birth was not seen and nobody tells. */
  line: string
  linkedid: string
  /** Who dialled it. */
  dialler: Leg | undefined
  dialStatus: string
  upAt: number | undefined
  goneAt: number | undefined
  cause: number | undefined
  hungUpBy: HangupSide | undefined
  hungUpAt: number
  bridge: BridgeState | undefined
  holds: readonly Interval[]
  exten: string
  app: string
  appData: string
  /** When `app` was entered. */
  appSince: number
  voicemail: string
  /** It carries the mark of a call that opted out. */
  skipped: boolean
  /** The call it serves at present. */
  home: CallState | undefined
  /** What the last kept event said of it. */
  facts: ChannelFacts | undefined
  /** What happened to it, each with its place in the order of all events. */
  readonly events: { readonly seq: number; readonly event: CallEvent }[]
}

/** A call as the fold keeps it; `describe-call.ts` turns it into a `Call`. */
export interface CallState {
  readonly id: string
  readonly linkedids: Set<string>
  startedAt: number
  /** The first leg of all. */
  starter: Leg
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
  /** Persons whose phones rang so long ago that their legs are forgotten, by extension. */
  readonly rangBefore: Map<string, RangBefore>
  /** Outside legs of whom it is not known yet for which extension they answer. */
  readonly nameless: Set<Leg>
  /** When each leg of a person was connected with the client (without a client: with another person). */
  readonly talks: Map<Leg, readonly Interval[]>
  /** Colleagues had talked before there was a client. */
  talkedBefore: boolean
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
  /** Neither shown nor registered. */
  skipped: boolean
  /** What the witness of its legs cannot tell. */
  readonly lost: Set<LostField>
  arrivedSaid: 'no' | 'without client' | 'with client'
  /** Arrived by no known trunk: never told to anybody. */
  noise: boolean
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

/** A bridge and who is in it. */
export interface BridgeState {
  readonly id: string
  readonly class: BridgeClass
  readonly members: Set<Leg>
}
