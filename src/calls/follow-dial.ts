import { phoneKey } from '../numbers/phone-number.ts'
import type { CallEvent } from './call-event.ts'
import { refreshConversations } from './conversation.ts'
import { followDialler, settleHome } from './identity.ts'
import { decideParty, dialledNumber, takePart } from './parties.ts'
import type { Leg } from './state.ts'
import type { World } from './world.ts'

type Dial = Extract<CallEvent, { readonly kind: 'dial' }>

/** A dial began, went on or ended. No begin is told for a pickup or a blonde transfer: the answer alone says who belongs together. */
export function followDial(world: World, dial: Dial, caller: Leg | undefined, peer: Leg): void {
  if (dial.status !== '') peer.dialStatus = dial.status
  if (caller) {
    peer.dialler ??= caller
    const { home } = caller
    followDialler(world, caller, peer, dial.at)
    // Whom the caller is connected with matters to the call that begins now.
    if (home && caller.home !== home) refreshConversations(world, [caller], dial.at)
  } else settleHome(world, peer)
  const number = dialledNumber(dial.dialstring, peer.endpoint)
  if (isUnlistedTrunk(peer, number)) peer.role = 'undecided'
  decideParty(world, peer, [number, dial.peer.callerNumber ?? '', caller?.exten ?? ''], dial.at)
  takePart(world, peer, dial.at)
  if (dial.forward !== undefined && peer.home) {
    const extension = peer.extension || (world.directory.personAt(peer.endpoint)?.extension ?? '')
    const target = dial.forward.slice(dial.forward.indexOf('/') + 1).split('@', 1)[0] ?? ''
    if (extension !== '') peer.home.forward = { extension, target }
  }
}

/** The PBX itself sends a phone number there, so it is no scanner, whatever the list of trunks says. */
function isUnlistedTrunk(peer: Leg, number: string): boolean {
  return peer.kind === 'stranger' && peer.born === 'dialled' && peer.role === 'none' && phoneKey(number) !== undefined
}
