import type { CallEvent } from './call-event.ts'
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
    followDialler(world, caller, peer, dial.at)
  } else settleHome(world, peer)
  decideParty(
    world,
    peer,
    [dialledNumber(dial.dialstring, peer.endpoint), dial.peer.callerNumber ?? '', caller?.exten ?? ''],
    dial.at,
  )
  takePart(world, peer, dial.at)
  if (dial.forward !== undefined && peer.home) {
    const extension = peer.extension || (world.directory.personAt(peer.endpoint)?.extension ?? '')
    const target = dial.forward.slice(dial.forward.indexOf('/') + 1).split('@', 1)[0] ?? ''
    if (extension !== '') peer.home.forward = { extension, target }
  }
}
