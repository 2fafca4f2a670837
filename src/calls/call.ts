/** What one client experienced, from the first ring to the last hang-up. Instants are epoch milliseconds of Asterisk's own clock. */
export interface Call {
  /** The linkedid the client's first leg was born with (no client leg: the starter's); `<id>#2` for a second client under it. Opaque. */
  readonly id: string
  /** Every linkedid the call ever had, its own first. */
  readonly linkedids: readonly string[]
  readonly direction: Direction
  /** The client's number: E.164 where it is a phone number, else as Asterisk gave it; empty when withheld and on internal calls. */
  readonly client: string
  /** The DID an inbound call came to; the trunk an outbound call left by; empty on internal calls. */
  readonly line: string
  readonly startedAt: number
  readonly endedAt: number | undefined
  /** At least one conversation; never turns back. */
  readonly answered: boolean
  /** Defined once the call has ended. */
  readonly result: CallResult | undefined
  /** Seconds from arrival (click-to-call: from the dialling of the client) to the first conversation or the end. One decimal. */
  readonly waitSeconds: number
  /** Seconds of conversation: the union over all persons. One decimal. */
  readonly talkSeconds: number
  /** Extension of the last person who talked, or empty. */
  readonly responsible: string
  /** Q.850 cause of the client's last leg, from its `ChannelDestroyed` (CEL: `HANGUP`). */
  readonly hangupCause: number | undefined
  readonly evidence: Evidence
  /** Everybody who rang or talked, in order of first ring. */
  readonly people: readonly PersonInCall[]
  readonly transfers: readonly Transfer[]
  /** Digits the client dialled in menus. */
  readonly ivr: string
  /** Recording file names as Asterisk named them. */
  readonly recordings: readonly string[]
  /** Extension of the person who began the call, when a person did: whose unanswered outbound call it is. */
  readonly startedBy?: string
  /** When the client's first leg was born, where that is not `startedAt`: a person had begun the call before. */
  readonly clientSince?: number
  /** It opted out, or the PBX turned the caller away: neither shown nor registered. Never turns back. */
  readonly skipped?: true
  /** What its witness could not tell: the fields are empty or a guess, and no other witness is contradicted by them. */
  readonly lost?: readonly LostField[]
}

export type Direction = 'in' | 'out' | 'internal'
export type CallResult = 'answered' | 'voicemail' | 'abandoned' | 'missed' | 'busy' | 'failed' | 'no-answer'
/** Fields that a witness may be unable to tell. */
export type LostField = 'result' | 'hangupCause' | 'transfers' | 'ivr'
export type Evidence = 'live' | 'cel' | 'cdr' | 'reconstructed'

export interface PersonInCall {
  readonly extension: string
  /** The outside number the person was reached at (own mobile, forward), when that was it. */
  readonly external?: string
  readonly rang: boolean
  readonly rangSeconds: number
  readonly talkSeconds: number
  readonly holdSeconds: number
}

export interface Transfer {
  readonly kind: 'blind' | 'attended'
  readonly from: string
  readonly to: string
  readonly at: number
}

/** What the rest of the house reacts to while a call lives. `call` is the call as it stands at that moment. */
export type Phase =
  | { readonly kind: 'arrived'; readonly at: number; readonly call: Call }
  | { readonly kind: 'ringing'; readonly at: number; readonly call: Call; readonly extension: string }
  /** `elsewhere`: Asterisk hung the phone up because another one was answered (cause 26), or somebody talks already. */
  | {
      readonly kind: 'ringing-ended'
      readonly at: number
      readonly call: Call
      readonly extension: string
      readonly elsewhere: boolean
    }
  | { readonly kind: 'conversation-started'; readonly at: number; readonly call: Call; readonly extension: string }
  | { readonly kind: 'conversation-ended'; readonly at: number; readonly call: Call; readonly extension: string }
  /** The call opted out after it had arrived. One that did so before says it in every phase: `call.skipped`. */
  | { readonly kind: 'skipped'; readonly at: number; readonly call: Call }
  /** A clientless call was absorbed by another: its id stays as a tombstone, its cards move. */
  | { readonly kind: 'absorbed'; readonly at: number; readonly call: Call; readonly into: string }
  | { readonly kind: 'ended'; readonly at: number; readonly call: Call }
