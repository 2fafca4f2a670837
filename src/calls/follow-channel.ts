import { arriveAfterAll } from './born-down.ts'
import { conducts } from './bridges.ts'
import type { ChannelFacts } from './call-event.ts'
import { refreshConversations } from './conversation.ts'
import { scheduleEnd } from './end.ts'
import { adopt, callFor, followLinkedid } from './identity.ts'
import { closed } from './interval.ts'
import { createLeg, isLive, isScanner } from './leg.ts'
import { decideParty, takePart } from './parties.ts'
import { stopRinging } from './ringing.ts'
import { noteSkip } from './skipped.ts'
import { guessBirth } from './snapshot.ts'
import type { CallState, Leg } from './state.ts'
import { estimateGreetingMs, SHORTEST_MESSAGE_MS } from './voicemail.ts'
import { forget, pairUp, type World } from './world.ts'

/** The leg of these facts, brought up to date; met for the first time it is taken in. Undefined: the channel is long gone. */
export function meet(world: World, facts: ChannelFacts, at: number): Leg | undefined {
  const known = world.legs.get(facts.id)
  if (known) {
    follow(world, known, facts, at)
    return known
  }
  if (world.forgotten.has(facts.id)) return undefined
  const leg = begin(world, facts, guessBirth(facts), facts.createdAt ?? at, false)
  // Its beginning was not seen, so the call was not seen whole.
  if (leg.home) leg.home.evidence = reconstructed(world)
  return leg
}

/**
 * A new channel. Without a linkedid a dialled one waits for whoever dialled it to be told.
 * @param seen its birth was seen: else nobody knows whether it still is where it came in
 */
export function begin(world: World, facts: ChannelFacts, born: Leg['born'], at: number, seen: boolean): Leg {
  const leg = createLeg(facts, born, at, world.directory)
  leg.newborn = seen && born === 'dialled'
  if (leg.line === '') leg.line = facts.dnid ?? (seen && born === 'arriving' ? leg.firstExten : '')
  world.legs.set(leg.id, leg)
  pairUp(world, leg)
  const other = leg.otherHalf
  if (leg.linkedid !== '') adopt(world, callFor(world, leg.linkedid, leg), leg)
  else if (other?.home) adopt(world, other.home, leg)
  else if (born === 'arriving' && leg.half === undefined) adopt(world, callFor(world, leg.id, leg), leg)
  if (leg.home) startsAfterAll(world, leg.home, leg)
  takePart(world, leg, at)
  learn(world, leg, facts, at)
  if (leg.home) scheduleEnd(world, leg.home, at)
  return leg
}

/** Channels of one instant may be told in any order; the one the linkedid is named for began the call. */
function startsAfterAll(world: World, call: CallState, leg: Leg): void {
  const { starter } = call
  if (starter === leg || leg.id !== leg.linkedid || leg.linkedid !== call.id || leg.createdAt !== starter.createdAt)
    return
  call.starter = leg
  call.skipped ||= leg.skipped
  if (isScanner(leg) === call.noise) return
  call.noise = isScanner(leg)
  world.noise += call.noise ? 1 : -1
}

/** The channel is gone, once. */
export function end(world: World, leg: Leg, cause: number | undefined, at: number): void {
  if (!isLive(leg)) {
    // A snapshot ended it without a cause; the cause comes right behind.
    leg.cause ??= cause
    return
  }
  decideParty(world, leg, [leg.number, leg.calledParty], at)
  leg.goneAt = at
  leg.cause = cause
  leg.holds = closed(leg.holds, at)
  if (leg.home && leg.voicemail === '' && stayedToSpeak(leg, at)) leg.home.voicemailLeft = true
  const heard = leg.bridge && conducts(leg.bridge) ? leg.bridge.members : []
  const around = [leg, leg.otherHalf, ...heard]
  leg.bridge?.members.delete(leg)
  if (leg.bridge?.members.size === 0) world.bridges.delete(leg.bridge.id)
  leg.bridge = undefined
  leg.home?.liveLegs.delete(leg)
  refreshConversations(world, around, at)
  stopRinging(world, leg, at)
  if (leg.home) scheduleEnd(world, leg.home, at)
  else forget(world, leg)
}

export function reconstructed(world: World): 'reconstructed' | 'cel' {
  return world.evidence === 'cel' ? 'cel' : 'reconstructed'
}

/** Returns after having taken what the facts say newly; most say nothing. */
function follow(world: World, leg: Leg, facts: ChannelFacts, at: number): void {
  if (facts.linkedid !== undefined && facts.linkedid !== leg.linkedid) followLinkedid(world, leg, facts.linkedid, at)
  if (facts.state === 'Ring') arriveAfterAll(world, leg, facts, at)
  if (facts.exten !== undefined) leg.exten = facts.exten
  if (facts.app !== undefined && facts.app !== leg.app) {
    leg.app = facts.app
    leg.appData = facts.appData ?? ''
    leg.appSince = at
  }
  if (leg.number === '' && leg.born === 'arriving' && facts.callerNumber !== undefined) leg.number = facts.callerNumber
  if (leg.born === 'dialled' && facts.callerNumber) leg.calledParty = facts.callerNumber
  learn(world, leg, facts, at)
  if (facts.state === 'Up' && leg.upAt === undefined && isLive(leg)) {
    decideParty(world, leg, [facts.callerNumber ?? ''], at)
    leg.upAt = at
    refreshConversations(world, [leg], at)
    if (leg.home) scheduleEnd(world, leg.home, at)
  }
}

/** Where nobody tells `VMSTATUS`, whoever stayed in the mailbox for longer than its greeting has spoken. */
function stayedToSpeak(leg: Leg, at: number): boolean {
  return /^voicemail$/i.test(leg.app) && at - leg.appSince >= estimateGreetingMs(leg.appData) + SHORTEST_MESSAGE_MS
}

function learn(world: World, leg: Leg, facts: ChannelFacts, at: number): void {
  if (facts.did !== undefined) leg.line = facts.did
  else if (leg.line === '' && facts.dnid !== undefined) leg.line = facts.dnid
  if (facts.recording !== undefined) leg.home?.recordings.add(facts.recording)
  if (facts.voicemail !== undefined) {
    leg.voicemail = facts.voicemail
    if (facts.voicemail === 'SUCCESS' && leg.home) leg.home.voicemailLeft = true
  }
  if (facts.skipped && !leg.skipped) {
    leg.skipped = true
    if (leg.home) noteSkip(world, leg.home, leg, at)
  }
}
