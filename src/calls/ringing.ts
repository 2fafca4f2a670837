import { isLive } from './leg.ts'
import { sayPerson, sayRingingEnded } from './say.ts'
import type { CallState, Leg } from './state.ts'
import { completeTransfer } from './transfers.ts'
import type { World } from './world.ts'

/** Q.850; what Dial() gives the phones that lost (measured on 16.28 and 22.10, before the winner's own answer is told). */
const ANSWERED_ELSEWHERE = 26

/** A phone of a person was dialled for this call. Several phones of one person ring as one. */
export function startRinging(world: World, call: CallState, leg: Leg, at: number): void {
  call.rings.add(leg)
  completeTransfer(call, leg.extension)
  if (leg.newborn || !isLive(leg) || leg.upAt !== undefined) return
  const phones = call.ringing.get(leg.extension)
  if (phones) {
    phones.add(leg)
    return
  }
  call.ringing.set(leg.extension, new Set([leg]))
  if (!call.talking.has(leg.extension)) sayPerson(world, call, 'ringing', leg.extension, at)
}

/** More is known of a dialled leg than its birth: if it is a person's phone, that rings. */
export function outgrowBirth(world: World, leg: Leg, at: number): void {
  if (!leg.newborn) return
  leg.newborn = false
  if (leg.home?.rings.has(leg)) startRinging(world, leg.home, leg, at)
}

/** The phone is gone without a conversation (one that answered is told by the conversation). */
export function stopRinging(world: World, leg: Leg, at: number): void {
  const call = leg.home
  const phones = call?.ringing.get(leg.extension)
  if (!call || !phones?.delete(leg) || phones.size > 0) return
  call.ringing.delete(leg.extension)
  if (!call.over) sayRingingEnded(world, call, leg.extension, at, leg.cause === ANSWERED_ELSEWHERE)
}
