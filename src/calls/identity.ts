import { normalisePhone } from '../numbers/phone-number.ts'
import { forgetTalkAmongColleagues } from './before-client.ts'
import { createCallState } from './call-state.ts'
import { release, scheduleEnd } from './end.ts'
import { closed } from './interval.ts'
import { isLive } from './leg.ts'
import { addRangBefore } from './past-rings.ts'
import { startRinging } from './ringing.ts'
import { sayAbsorbed, sayArrived } from './say.ts'
import type { CallState, Leg } from './state.ts'
import type { World } from './world.ts'

/**
 * The call of a linkedid. One whose call is over begins another, `<id>#2` (design section 3).
 * `starter` begins the call when there is none.
 */
export function callFor(world: World, linkedid: string, starter: Leg): CallState {
  const known = world.byLinkedid.get(linkedid)
  return known && !known.over ? known : beginCall(world, linkedid, starter)
}

/** A call of its own under this linkedid, numbered when the linkedid had one before. */
export function beginCall(world: World, linkedid: string, starter: Leg): CallState {
  const number = (world.uses.get(linkedid) ?? 0) + 1
  world.uses.set(linkedid, number)
  const call = createCallState(number === 1 ? linkedid : `${linkedid}#${number}`, linkedid, starter, world.evidence)
  if (number > 1) rememberPrevious(call, world.byLinkedid.get(linkedid) ?? world.remembered.get(linkedid))
  world.calls.add(call)
  world.byLinkedid.set(linkedid, call)
  if (call.noise) world.noise += 1
  return call
}

/** A channel that makes more calls than this under one linkedid must not keep all of them in memory. */
const LONGEST_CHAIN = 8

function rememberPrevious(call: CallState, previous: CallState | undefined): void {
  call.previous = previous
  let oldest = call
  for (let i = 0; i < LONGEST_CHAIN && oldest.previous; i += 1) oldest = oldest.previous
  oldest.previous = undefined
}

/** The linkedid that a call was named after, without its number. */
export function baseId(id: string): string {
  return id.replace(/#\d+$/, '')
}

/** The leg serves this call from here on. Its past (rings, talks) stays where it was. */
export function adopt(world: World, call: CallState, leg: Leg): void {
  if (leg.home === call) return
  leg.home?.liveLegs.delete(leg)
  const left = leg.home
  leg.home = call
  call.legs.add(leg)
  if (isLive(leg)) call.liveLegs.add(leg)
  if (left?.over) release(world, left)
  else if (left) scheduleEnd(world, left, world.now)
}

/** Makes sure the leg serves a call: that of its linkedid, of its other half, or one it begins. */
export function settleHome(world: World, leg: Leg): CallState {
  if (leg.home) return leg.home
  const other = leg.otherHalf
  const call = other?.home ?? callFor(world, leg.linkedid || leg.id, leg)
  adopt(world, call, leg)
  if (other && !other.home) adopt(world, call, other)
  return call
}

/**
 * Two channels belong together. A call without a client goes into the other's; each client keeps a call of its own. What a call
 * that is over left behind goes with the living.
 */
export function link(world: World, a: Leg, b: Leg, at: number): void {
  if (a === b) return
  if (!a.home && !b.home) settleHome(world, a)
  if (!a.home || !b.home) {
    const [homeless, settled] = a.home ? [b, a] : [a, b]
    moveWithHalf(world, settled.home, homeless)
    return
  }
  if (a.home === b.home) return
  if (a.home.over && b.home.over) return
  if (a.home.over) moveWithHalf(world, b.home, a)
  else if (b.home.over) moveWithHalf(world, a.home, b)
  else unite(world, a.home, b.home, at)
}

/** The channel's linkedid became this one: the PBX itself says that it belongs to that call. */
export function followLinkedid(world: World, leg: Leg, linkedid: string, at: number): void {
  const former = leg.linkedid
  leg.linkedid = linkedid
  const call = leg.home
  if (former === '' || !call || call.over) return
  const other = world.byLinkedid.get(linkedid)
  if (other && !other.over && other !== call) unite(world, call, other, at)
  else if (!other) {
    call.linkedids.add(linkedid)
    world.byLinkedid.set(linkedid, call)
  }
}

/** A dialled channel belongs to whoever dialled it, whatever linkedid it was born with. Who dials on after a call is over begins another. */
export function followDialler(world: World, caller: Leg, peer: Leg, at: number): void {
  if (isLive(caller) && caller.home?.over && !peer.home) {
    const next = callFor(world, caller.linkedid || baseId(caller.home.id), peer)
    if (next !== caller.home) rememberPrevious(next, caller.home)
    moveWithHalf(world, next, peer)
  }
  link(world, settledLeg(world, caller), peer, at)
  if (caller.home && peer.home && caller.home !== peer.home && peer.role !== 'client') {
    const from = peer.home
    moveWithHalf(world, caller.home, peer)
    if (from.rings.delete(peer)) startRinging(world, caller.home, peer, at)
  }
}

function settledLeg(world: World, leg: Leg): Leg {
  settleHome(world, leg)
  return leg
}

function moveWithHalf(world: World, call: CallState | undefined, leg: Leg): void {
  if (!call) return
  const other = leg.otherHalf
  adopt(world, call, leg)
  if (other) adopt(world, call, other)
}

function unite(world: World, a: CallState, b: CallState, at: number): void {
  if (standsAlone(a) && isConsultation(b)) takeClientsBack(world, b)
  else if (standsAlone(b) && isConsultation(a)) takeClientsBack(world, a)
  const [aOwn, bOwn] = [standsAlone(a), standsAlone(b)]
  if (aOwn && bOwn) return
  // What colleagues dial while they talk belongs to their call, also when it is the client.
  const aConsults = isConsultation(b) && !isConsultation(a)
  const bConsults = isConsultation(a) && !isConsultation(b)
  const aWins = aConsults || (!bConsults && (aOwn || (!bOwn && a.startedAt <= b.startedAt)))
  if (aWins) absorb(world, a, b, at)
  else absorb(world, b, a, at)
}

/** A client's call is never absorbed, and a scanner's has no business in any other. */
function standsAlone(call: CallState): boolean {
  return call.clients.length > 0 || call.noise
}

/**
 * Without linkedids the Local pair of a consultation looks like a call of its own until its first half is bridged with the one who
 * consults, and the outside number it has dialled by then like a client.
 */
function isConsultation(call: CallState): boolean {
  return (
    call.starter.half !== undefined && call.clients.every((leg) => leg.born === 'dialled' && leg.upAt === undefined)
  )
}

function takeClientsBack(world: World, call: CallState): void {
  for (const leg of call.clients.splice(0)) {
    leg.role = 'person'
    leg.external = normalisePhone(leg.number, world.country) || leg.number
    call.rings.add(leg)
    call.nameless.add(leg)
  }
}

function absorb(world: World, call: CallState, lost: CallState, at: number): void {
  sayAbsorbed(world, lost, call, at)
  lost.absorbedInto = call
  lost.over = true
  world.calls.delete(lost)
  for (const id of lost.linkedids) {
    call.linkedids.add(id)
    world.byLinkedid.set(id, call)
  }
  for (const leg of [...lost.liveLegs]) adopt(world, call, leg)
  for (const leg of lost.legs) {
    call.legs.add(leg)
    if (leg.home === lost) leg.home = call
  }
  for (const leg of lost.rings) if (isLive(leg) && leg.upAt === undefined) startRinging(world, call, leg, at)
  for (const leg of lost.rings) call.rings.add(leg)
  for (const leg of lost.nameless) call.nameless.add(leg)
  for (const ring of lost.rangBefore.values()) addRangBefore(call, ring)
  for (const file of lost.recordings) call.recordings.add(file)
  call.transfers.push(...lost.transfers)
  if (lost.clients.length > 0) {
    forgetTalkAmongColleagues(world, call, at)
    call.clients.push(...lost.clients)
    sayArrived(world, call, at)
  }
  // Talk among colleagues is no conversation with a client.
  if (call.clients.length === 0) for (const [leg, intervals] of lost.talks) call.talks.set(leg, closed(intervals, at))
  for (const field of lost.lost) call.lost.add(field)
  if (lost.evidence === 'reconstructed') call.evidence = 'reconstructed'
  scheduleEnd(world, call, at)
}
