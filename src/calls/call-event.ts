import type { LostField } from './call.ts'

/**
 * What a witness saw happen, in the words both witnesses share: live ARI messages and CEL rows are decoded into these.
 * Instants are epoch milliseconds of Asterisk's own clock. Every event is plain JSON, so that a call can be kept and folded again.
 */
export type CallEvent =
  /** `arriving`: born `Ring`, somebody calls the PBX. `dialled`: born `Down`, the PBX calls somebody (CEL: `AppDial`, `AppDial2`). */
  | {
      readonly kind: 'channel-created'
      readonly at: number
      readonly channel: ChannelFacts
      readonly born: Birth
      /** The number dialled, when the witness tells it at birth (CEL). */
      readonly dialled?: string
      /** Found after a gap; its beginning was not seen. */
      readonly afterGap?: true
      /** What the witness cannot tell of any call this channel is in (CEL of a table without `extra`). */
      readonly lost?: readonly LostField[]
    }
  /** Nothing happened but news of the channel: state, variables, application, linkedid. */
  | {
      readonly kind: 'channel-seen'
      readonly at: number
      readonly channel: ChannelFacts
      /** What happened to it just before was not seen. */
      readonly afterGap?: true
    }
  /** The first one names who hung up: the phone at the other end or the PBX itself. */
  | { readonly kind: 'hangup-requested'; readonly at: number; readonly channel: ChannelFacts; readonly by: HangupSide }
  | {
      readonly kind: 'channel-gone'
      readonly at: number
      readonly channel: ChannelFacts
      /** Q.850; 0 is "never set". */
      readonly cause?: number
      readonly by?: HangupSide
      readonly afterGap?: true
    }
  /** `status` as Asterisk says it: empty at begin, then RINGING, PROGRESS, ANSWER, BUSY, CANCEL… No caller: originated. */
  | {
      readonly kind: 'dial'
      readonly at: number
      readonly caller?: ChannelFacts
      readonly peer: ChannelFacts
      readonly dialstring: string
      readonly status: string
      /** Where a 302 or a forwarding phone sent the call. */
      readonly forward?: string
    }
  | {
      readonly kind: 'bridge-entered'
      readonly at: number
      readonly channel: ChannelFacts
      readonly bridge: BridgeFacts
    }
  | { readonly kind: 'bridge-left'; readonly at: number; readonly channel: ChannelFacts; readonly bridge: BridgeFacts }
  | { readonly kind: 'bridge-gone'; readonly at: number; readonly bridge: BridgeFacts }
  | { readonly kind: 'hold'; readonly at: number; readonly channel: ChannelFacts }
  | { readonly kind: 'unhold'; readonly at: number; readonly channel: ChannelFacts }
  | { readonly kind: 'dtmf'; readonly at: number; readonly channel: ChannelFacts; readonly digit: string }
  /** Only transfers that succeeded. */
  | {
      readonly kind: 'blind-transfer'
      readonly at: number
      readonly transferer: ChannelFacts
      readonly transferee?: ChannelFacts
      readonly exten: string
    }
  | {
      readonly kind: 'attended-transfer'
      readonly at: number
      readonly firstLeg: ChannelFacts
      /** The same channel as `firstLeg` for a feature-code transfer. */
      readonly secondLeg: ChannelFacts
      readonly transferee?: ChannelFacts
      readonly target?: ChannelFacts
    }
  /** `channel` was ringing, `picker` took the call. */
  | { readonly kind: 'pickup'; readonly at: number; readonly channel: ChannelFacts; readonly picker: ChannelFacts }
  /** One channel stands in for the other (Stasis swap, Local optimisation). */
  | { readonly kind: 'related'; readonly at: number; readonly channel: ChannelFacts; readonly other: ChannelFacts }
  /** A recording made through ARI, of a channel or of a bridge. */
  | {
      readonly kind: 'recording'
      readonly at: number
      readonly channelId?: string
      readonly bridgeId?: string
      readonly file: string
    }
  /** Everything the PBX has after the events were interrupted. What is not in it is gone. */
  | {
      readonly kind: 'snapshot'
      readonly at: number
      readonly channels: readonly ChannelFacts[]
      readonly bridges: readonly (BridgeFacts & { readonly channelIds: readonly string[] })[]
    }
  /**
   * Asterisk was started anew. `at` is the last moment the former process was known alive: every channel that began before was gone by then,
   * and nobody was told.
   */
  | { readonly kind: 'pbx-restarted'; readonly at: number }
  /** Stands in kept events for phones that rang so long ago that their own are not kept. `channel` is one of the call's. */
  | {
      readonly kind: 'rang-before'
      readonly at: number
      readonly channel: ChannelFacts
      readonly rings: readonly RangBefore[]
    }
  /** Time went on; the fold has no clock of its own. */
  | { readonly kind: 'clock'; readonly at: number }

/** How long a person's phones rang in all, each moment once. */
export interface RangBefore {
  readonly extension: string
  /** The outside number, when nothing else of the person rang. */
  readonly external?: string
  readonly since: number
  readonly until: number
  readonly ms: number
}

export type Birth = 'arriving' | 'dialled'
export type HangupSide = 'device' | 'pbx'

/** What a witness tells of a channel besides the event itself. What it does not know is left out. */
export interface ChannelFacts {
  readonly id: string
  /** `PJSIP/101-00000003`. */
  readonly name: string
  /** `Down`, `Ring`, `Ringing`, `Up`… */
  readonly state?: string
  readonly createdAt?: number
  readonly linkedid?: string
  /** The caller id of the channel itself; of a dialled channel that is the called party. */
  readonly callerNumber?: string
  readonly exten?: string
  readonly context?: string
  readonly app?: string
  readonly appData?: string
  /** `FROM_DID`. */
  readonly did?: string
  /** `CALLERID(dnid)`: what an arriving channel dialled at first, wherever the dialplan has taken it since. */
  readonly dnid?: string
  /** `MIXMONITOR_FILENAME`. */
  readonly recording?: string
  /** `VMSTATUS`. */
  readonly voicemail?: string
  /** The call opted out (`CALLWEAVE_SKIP`), or the PBX turns its caller away as blacklisted: it is neither shown nor registered. */
  readonly skipped?: true
}

export interface BridgeFacts {
  readonly id: string
  readonly class: BridgeClass
}

/**
 * `basic`: Dial, Queue, features. `stasis`: a mixing bridge of an application. Only these two make one call of the channels in them.
 * `conference`: people hear each other, every client keeps a call of its own. `holding` and `parking`: nobody hears anybody.
 */
export type BridgeClass = 'basic' | 'stasis' | 'conference' | 'holding' | 'parking'
