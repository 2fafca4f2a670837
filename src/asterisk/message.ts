import type { CallEvent } from '../calls/call-event.ts'

/** What the service hears from one PBX, in the order in which it has to be dealt with. */
export type AsteriskMessage =
  /** The link stands: questions can be answered. Call events follow, a snapshot of what is going on first. */
  | { readonly kind: 'up'; readonly clockSkewMs: number; readonly version: string }
  /** Facts for the interpreter: a snapshot after every (re)connection, then the live stream, in batches as they came. */
  | { readonly kind: 'call-events'; readonly events: readonly CallEvent[] }
  /** A caller waits in the dialplan for the answer. Never held back behind a snapshot. */
  | { readonly kind: 'question'; readonly question: InboundQuestion }
  /** The link is gone and is being restored; nothing is known about calls until the next snapshot. */
  | { readonly kind: 'down'; readonly reason: string }
  /** Another process took the application's name; this one stands by and asks nothing. */
  | { readonly kind: 'replaced' }

/** One caller asking where to go: our `StasisStart`. */
export interface InboundQuestion {
  readonly channelId: string
  /** `CHANNEL(linkedid)` from `channelvars`; the channel's own id when Asterisk does not send it. */
  readonly linkedid: string
  /** The dialled number as the dialplan gave it: digits, `+`, `s`, a login; may be empty. */
  readonly did: string
  readonly callerNumber: string
  readonly callerName: string
  /** Epoch milliseconds of Asterisk's clock. */
  readonly askedAt: number
  /** Everything after the application's name in `Stasis()`, the leading `inbound` included. */
  readonly args: readonly string[]
  /** Extensions that do not want to be disturbed, as the dialplan read them while it asked; undefined when it does not tell. */
  readonly undisturbed: readonly string[] | undefined
}

/** The answer to an `InboundQuestion`. `callerName` is shown on the phones that ring; it is cleaned before it is sent. */
export type InboundAnswer =
  | { readonly kind: 'default'; readonly callerName?: string }
  | { readonly kind: 'ring'; readonly extension: string; readonly seconds: number; readonly callerName?: string }
