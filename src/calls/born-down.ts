import type { ChannelFacts } from './call-event.ts'
import { adopt, callFor } from './identity.ts'
import { roleAtBirth } from './leg.ts'
import { takePart } from './parties.ts'
import { stopRinging } from './ringing.ts'
import type { Leg } from './state.ts'
import type { World } from './world.ts'

/**
 * `chan_sip` creates the channel of a caller in state `Down`, as if it were dialled, and only then tells that it rings in (measured on
 * 16.28). A channel that was dialled never comes to state `Ring`.
 */
export function arriveAfterAll(world: World, leg: Leg, facts: ChannelFacts, at: number): void {
  if (leg.born === 'arriving' || leg.half !== undefined || leg.dialler || leg.upAt !== undefined) return
  leg.born = 'arriving'
  leg.newborn = false
  leg.role = roleAtBirth(leg.kind, leg.born)
  leg.number = facts.callerNumber ?? leg.calledParty
  leg.calledParty = ''
  if (leg.line === '') leg.line = leg.firstExten
  const call = leg.home ?? callFor(world, leg.linkedid || leg.id, leg)
  stopRinging(world, leg, at)
  call.rings.delete(leg)
  if (call.starter === leg && leg.kind === 'stranger' && !call.noise) {
    call.noise = true
    world.noise += 1
  }
  adopt(world, call, leg)
  takePart(world, leg, at)
}
