/** What a manager sees while a client is on the line. Instants are epoch milliseconds of Asterisk's clock. */
export interface Card {
  /** The call's id: one card a call and person. */
  readonly id: string
  readonly state: 'ringing' | 'talking'
  readonly direction: 'in' | 'out'
  /** The client's number; empty when withheld. */
  readonly phone: string
  readonly client: ClientOnCard
  /** DID or trunk. */
  readonly line: string
  readonly since: number
}

/** What is known of the client: `looking` while the CRM's contacts are not all read yet, so that absence means nothing. */
export type ClientOnCard =
  | { readonly state: 'looking' }
  | { readonly state: 'unknown' }
  | {
      readonly state: 'known'
      readonly kind: 'contact' | 'company'
      readonly id: number
      readonly name: string
      /** CRM user who owns the client. */
      readonly owner: number
    }

export type CardCloseReason =
  /** Somebody else took the call. */
  | 'answered-elsewhere'
  /** The phone stopped ringing and nobody talks. */
  | 'not-answered'
  /** The person's part of the call is over. */
  | 'ended'
  /** The call became part of another one; its card is shown instead. */
  | 'moved'
  /** The call opted out: it is not to be shown. */
  | 'skipped'
  /** Nothing was heard of the call for too long. */
  | 'stale'

/** Server → browser. `seq` grows by one a message and person; a gap means: say hello again. */
export type CardMessage =
  | { readonly type: 'welcome'; readonly seq: number; readonly extension: string; readonly cards: readonly Card[] }
  | { readonly type: 'card'; readonly seq: number; readonly card: Card }
  | { readonly type: 'closed'; readonly seq: number; readonly id: string; readonly reason: CardCloseReason }

export interface CardDelivery {
  readonly extension: string
  readonly message: CardMessage
}

/** Something for one person's browsers that is no card and has no `seq`: whoever misses it can ask elsewhere. */
export type PersonalMessage = Readonly<Record<string, unknown>> & { readonly type: string }
