import type { Call } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'

/** Why a click came to no conversation. Stable codes. */
export type FailureReason =
  | 'busy'
  | 'no-answer'
  /** The trunk, or the client, did not take the call. */
  | 'refused'
  | 'wrong-number'
  | 'not-picked-up'
  /** The person's own phone was busy, or declined. */
  | 'phone-refused'
  /** The phone is registered and did not react. */
  | 'phone-unreachable'
  | 'you-hung-up'
  /** The person picked up and the PBX dialled nobody. */
  | 'not-dialled'

export type Outcome =
  | { readonly state: 'answered' }
  /** `cause`: Q.850, of the leg that failed. */
  | { readonly state: 'failed'; readonly reason: FailureReason; readonly cause?: number }

/** Q.850 (reference ari.md 3.5): busy, rejected. */
const DECLINED: ReadonlySet<number> = new Set([17, 21])
/** Never set, normal clearing, no answer, answered elsewhere, 487: the phone rang and nobody came. */
const NOBODY_CAME: ReadonlySet<number> = new Set([0, 16, 19, 26, 127])
const WRONG_NUMBER: ReadonlySet<number> = new Set([1, 3, 22, 28])

/**
 * How a click ended, from the interpreter's call and the events it was folded from.
 * @param call the ended call the person's channel belonged to.
 * @param channel id of the person's own channel.
 */
export function outcomeOf(call: Call, events: readonly CallEvent[], channel: string): Outcome {
  if (call.answered) return { state: 'answered' }
  const dialled = events.findLast((event) => event.kind === 'dial' && event.peer.id !== channel)
  if (dialled?.kind !== 'dial') return withoutSecondLeg(events, channel)
  // The caller's hang-up takes the dialled leg back; its own cause says nothing then (reference ari.md 3.3).
  if (dialled.status === 'CANCEL') return failed('you-hung-up')
  return failed(reasonOf(call), call.hangupCause)
}

function reasonOf({ result, hangupCause }: Call): FailureReason {
  if (result === 'busy') return 'busy'
  if (result === 'no-answer') return 'no-answer'
  return WRONG_NUMBER.has(hangupCause ?? 0) ? 'wrong-number' : 'refused'
}

function withoutSecondLeg(events: readonly CallEvent[], channel: string): Outcome {
  const own = events.filter((event) => 'channel' in event && event.channel.id === channel)
  if (own.some((event) => 'channel' in event && event.channel.state === 'Up')) {
    const first = own.find((event) => event.kind === 'hangup-requested')
    return failed(first?.kind === 'hangup-requested' && first.by === 'device' ? 'you-hung-up' : 'not-dialled')
  }
  const gone = own.findLast((event) => event.kind === 'channel-gone')
  const cause = gone?.kind === 'channel-gone' ? gone.cause : undefined
  if (cause === undefined || NOBODY_CAME.has(cause)) return failed('not-picked-up', cause)
  return failed(DECLINED.has(cause) ? 'phone-refused' : 'phone-unreachable', cause)
}

function failed(reason: FailureReason, cause?: number): Outcome {
  return { state: 'failed', reason, ...(cause !== undefined && { cause }) }
}
