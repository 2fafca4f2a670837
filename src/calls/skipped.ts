import { saySkipped } from './say.ts'
import type { CallState, Leg } from './state.ts'
import type { World } from './world.ts'

/**
 * A call has opted out when a leg of its client carries the mark, or the leg that began it: in CEL the mark stands on the channel
 * that ran the dialplan alone. Not when any other leg does: a colleague who comes along from a call that opted out must not make
 * a client's call disappear.
 */
export function noteSkip(world: World, call: CallState, leg: Leg, at: number): void {
  if (!leg.skipped || call.skipped || call.over) return
  if (leg !== call.starter && !call.clients.includes(leg)) return
  call.skipped = true
  saySkipped(world, call, at)
}
