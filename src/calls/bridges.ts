import { isLive } from './leg.ts'
import type { BridgeState, Leg } from './state.ts'

/** Bridges in which people hear each other. */
export function conducts(bridge: BridgeState): boolean {
  return bridge.class !== 'holding' && bridge.class !== 'parking'
}

/** Bridges that make one call of the channels in them. */
export function joins(bridge: BridgeState): boolean {
  return bridge.class === 'basic' || bridge.class === 'stasis'
}

/** Everybody connected with `leg`, itself included: through its bridge, and through bridges joined by Local pairs. */
export function connectedWith(leg: Leg): ReadonlySet<Leg> {
  const found = new Set([leg])
  // A Set is walked in order of insertion, what is added meanwhile included.
  for (const each of found) {
    if (each.bridge && conducts(each.bridge)) for (const member of each.bridge.members) found.add(member)
    if (each.otherHalf && isLive(each.otherHalf)) found.add(each.otherHalf)
  }
  return found
}
