import { expireLeaving } from './conversation.ts'
import { sayEnded } from './say.ts'
import type { CallState, Leg } from './state.ts'
import { forget, type World } from './world.ts'

/** A second attempt to reach the client may follow the first within this time (design section 3). */
const SETTLING_MS = 2000

/** Applications that keep a caller after the attempt to reach the client is over. */
const NO_ATTEMPT: ReadonlySet<string> = new Set('busy congestion hangup playback playtones background'.split(' '))

/** Looks whether the call has come to its end, or has gone on after all. Cheap; asked after everything that could matter. */
export function scheduleEnd(world: World, call: CallState, at: number): void {
  if (call.over) return
  if (!isQuiet(call)) {
    call.quietSince = undefined
    call.endedAt = undefined
    return
  }
  if (call.quietSince !== undefined) return
  call.quietSince = at
  call.endedAt = lastEnd(call)
  world.deadlines.add(at + SETTLING_MS, call)
}

/** Time is `at`. `inclusive`: what falls due in this very millisecond is due; an event of the same instant still comes first. */
export function expire(world: World, at: number, inclusive: boolean): void {
  const until = inclusive ? at : at - 1
  for (;;) {
    const call = world.deadlines.take(until)
    if (!call) return
    if (call.over) continue
    expireLeaving(world, call, until)
    if (call.quietSince !== undefined && call.quietSince + SETTLING_MS <= until) finish(world, call)
  }
}

/** Forgets the channels of a call that is over, once the last of them is gone. */
export function release(world: World, call: CallState): void {
  if (!call.over || call.liveLegs.size > 0 || call.absorbedInto) return
  for (const leg of call.legs) {
    if (leg.home !== call) continue
    forget(world, leg)
  }
  for (const id of call.linkedids) {
    if (world.byLinkedid.get(id) === call) world.byLinkedid.delete(id)
  }
}

function finish(world: World, call: CallState): void {
  call.over = true
  world.calls.delete(call)
  // Scanners come in floods and must not push out what somebody may ask for.
  if (!call.noise) remember(world, call)
  sayEnded(world, call, (call.quietSince ?? world.now) + SETTLING_MS)
  release(world, call)
}

function remember(world: World, call: CallState): void {
  for (const id of new Set([call.id, ...call.linkedids])) {
    // A second call under a linkedid does not take its name from the first.
    if (id === call.id || world.remembered.get(id)?.id !== id) world.remembered.set(id, call)
  }
}

function isQuiet(call: CallState): boolean {
  if (call.clients.length === 0) return call.liveLegs.size === 0
  return call.clients.every((leg) => leg.goneAt !== undefined) && !triesToReachClient(call)
}

/**
 * Something is still on its way to a client: a trunk leg not yet told apart, a Local channel being dialled, or the caller's own
 * unanswered channel, whose dialplan may try the next trunk.
 */
function triesToReachClient(call: CallState): boolean {
  if (call.clients.some((leg) => leg.born === 'arriving') || call.talks.size > 0) return false
  for (const leg of call.liveLegs) {
    if (leg.role === 'undecided') return true
    if (leg.upAt === undefined && (isDialledLocal(leg) || isCaller(call, leg))) return true
  }
  return false
}

function isDialledLocal(leg: Leg): boolean {
  return leg.half === 1
}

function isCaller(call: CallState, leg: Leg): boolean {
  return leg === call.starter && leg.born === 'arriving' && !NO_ATTEMPT.has(leg.app.toLowerCase())
}

function lastEnd(call: CallState): number {
  const legs = call.clients.length > 0 ? call.clients : [...call.legs]
  return legs.reduce((latest, leg) => Math.max(latest, leg.goneAt ?? 0), call.startedAt)
}
