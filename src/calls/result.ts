import type { CallResult } from './call.ts'
import type { CallState, Leg } from './state.ts'

/** Q.850 causes that say the number is wrong: unallocated, no route, changed, invalid (design section 3). */
const WRONG_NUMBER: ReadonlySet<number> = new Set([1, 3, 22, 28])
const BUSY = 17
/** Normal clearing, no user responding, no answer. */
const NO_ANSWER: ReadonlySet<number> = new Set([16, 18, 19])
/** What a leg carries that Asterisk itself took back: nothing set, answered elsewhere, and 487 as 16 tells it (ari.md 3.5). */
const TAKEN_BACK: ReadonlySet<number> = new Set([0, 26, 127])
/** Applications by which the PBX refuses; the device's hang-up that follows is only its echo. */
const REFUSING: ReadonlySet<string> = new Set(['busy', 'congestion', 'hangup'])
/** An arriving leg that was never answered and ends with one of these was refused by the PBX; a caller's CANCEL leaves 127, 16 or 0. */
const REFUSED: ReadonlySet<number> = new Set([1, 3, 17, 18, 19, 20, 21, 22, 27, 28, 34, 38, 41, 42, 58])

/** How an ended call ended. */
export function resultOf(call: CallState): CallResult {
  if (call.talks.size > 0) return 'answered'
  const [client] = call.clients
  if (client?.born === 'arriving') return inboundResult(call, client)
  return outboundResult(call)
}

/** Phones that ring together are dialled within this time. */
const TOGETHER_MS = 200

/**
 * The leg whose end tells how the call ended: the last attempt, and of those dialled together the one that went last. A refused
 * attempt may be gone after the next one (seen on 22.10).
 */
export function lastLeg(legs: Iterable<Leg>): Leg | undefined {
  let last: Leg | undefined
  for (const leg of legs) if (!last || isLater(leg, last)) last = leg
  return last
}

function isLater(leg: Leg, other: Leg): boolean {
  const apart = leg.createdAt - other.createdAt
  if (Math.abs(apart) > TOGETHER_MS) return apart > 0
  return (leg.goneAt ?? Infinity) >= (other.goneAt ?? Infinity)
}

function inboundResult(call: CallState, client: Leg): CallResult {
  if (call.voicemailLeft) return 'voicemail'
  const refused =
    REFUSING.has(client.app.toLowerCase()) || (client.upAt === undefined && REFUSED.has(client.cause ?? 0))
  return client.hungUpBy === 'device' && !refused ? 'abandoned' : 'missed'
}

function outboundResult(call: CallState): CallResult {
  if (call.voicemailLeft) return 'voicemail'
  const leg = lastLeg(call.clients.length > 0 ? call.clients : call.rings)
  if (!leg) return 'failed'
  const cause = leg.cause ?? 0
  if (cause === BUSY) return 'busy'
  if (WRONG_NUMBER.has(cause)) return 'failed'
  if (NO_ANSWER.has(cause)) return 'no-answer'
  return takenBack(leg, cause) ? 'no-answer' : 'failed'
}

/** The caller gave up, or the PBX stopped waiting: the number did not refuse. */
function takenBack(leg: Leg, cause: number): boolean {
  return leg.dialStatus === 'CANCEL' || leg.hungUpBy === 'pbx' || (TAKEN_BACK.has(cause) && leg.hungUpBy !== 'device')
}
