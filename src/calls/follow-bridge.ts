import { conducts, joins } from './bridges.ts'
import type { BridgeFacts } from './call-event.ts'
import { refreshConversations } from './conversation.ts'
import { link, settleHome } from './identity.ts'
import { isLive } from './leg.ts'
import { decideParty, nameLate } from './parties.ts'
import type { BridgeState, Leg } from './state.ts'
import { forgetTransferToParking } from './transfers.ts'
import type { World } from './world.ts'

/** The channel is in this bridge, and in no other. */
export function enterBridge(world: World, leg: Leg, facts: BridgeFacts, at: number): void {
  if (!isLive(leg) || leg.bridge?.id === facts.id) return
  if (leg.bridge) leaveBridge(world, leg, leg.bridge.id, at)
  const bridge = world.bridges.get(facts.id) ?? newBridge(world, facts)
  decideParty(world, leg, [leg.number, leg.calledParty], at)
  if (joins(bridge)) for (const member of bridge.members) link(world, member, leg, at)
  settleHome(world, leg)
  bridge.members.add(leg)
  leg.bridge = bridge
  if (leg.home?.nameless.size) nameLate(world, leg.home, at)
  if (bridge.class === 'parking') forgetTransferToParking(leg, at)
  refreshConversations(world, [leg], at)
}

/** The channel left; late and repeated news of it changes nothing. */
export function leaveBridge(world: World, leg: Leg, bridgeId: string, at: number): void {
  const { bridge } = leg
  if (!bridge || bridge.id !== bridgeId) return
  bridge.members.delete(leg)
  leg.bridge = undefined
  if (bridge.members.size === 0) world.bridges.delete(bridge.id)
  // Those who wait in one lot are nothing to each other, and may be many.
  const heard = conducts(bridge) ? bridge.members : []
  refreshConversations(world, [leg, leg.otherHalf, ...heard], at)
}

/** Nobody is in it any more. Returns who was. */
export function endBridge(world: World, bridgeId: string, at: number): readonly Leg[] {
  const members = [...(world.bridges.get(bridgeId)?.members ?? [])]
  for (const leg of members) leaveBridge(world, leg, bridgeId, at)
  return members
}

function newBridge(world: World, facts: BridgeFacts): BridgeState {
  const bridge: BridgeState = { id: facts.id, class: facts.class, members: new Set() }
  world.bridges.set(bridge.id, bridge)
  return bridge
}
