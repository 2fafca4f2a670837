import type { CallEvent, HangupSide } from './call-event.ts'
import { release, scheduleEnd } from './end.ts'
import { endBridge, enterBridge, leaveBridge } from './follow-bridge.ts'
import { begin, end, meet, reconstructed } from './follow-channel.ts'
import { followDial } from './follow-dial.ts'
import { link } from './identity.ts'
import { closed, opened } from './interval.ts'
import { isLive } from './leg.ts'
import { decideParty, nameLate } from './parties.ts'
import { addRangBefore, foldPastRings } from './past-rings.ts'
import { outgrowBirth } from './ringing.ts'
import { deathsBy, missedEvents } from './snapshot.ts'
import type { Leg } from './state.ts'
import { noteAttendedTransfer, noteBlindTransfer } from './transfers.ts'
import { keep, type World } from './world.ts'

type Of<K extends CallEvent['kind']> = Extract<CallEvent, { readonly kind: K }>

/** One event changes the world. What does not fit (late, repeated, of a channel long gone) leaves it as it was. */
export function takeEvent(world: World, event: CallEvent): void {
  world.seq += 1
  switch (event.kind) {
    case 'clock':
      return
    case 'snapshot':
      for (const missed of missedEvents(world, event)) takeEvent(world, missed)
      return
    case 'pbx-restarted':
      for (const death of deathsBy(world, event.at)) takeEvent(world, death)
      return
    case 'channel-created':
      takeCreated(world, event)
      break
    case 'dial':
      takeDial(world, event)
      break
    case 'blind-transfer':
      takeBlindTransfer(world, event)
      break
    case 'attended-transfer':
      takeAttendedTransfer(world, event)
      break
    case 'pickup':
      takeTogether(world, event, event.picker)
      break
    case 'related':
      takeTogether(world, event, event.other)
      break
    case 'bridge-gone':
      keep(world, event, ...endBridge(world, event.bridge.id, event.at))
      break
    case 'recording':
      takeRecording(world, event)
      break
    case 'rang-before':
      takeRangBefore(world, event)
      break
    default:
      takeChannelEvent(world, event)
      break
  }
}

type ChannelEvent = Of<
  'channel-seen' | 'hangup-requested' | 'channel-gone' | 'bridge-entered' | 'bridge-left' | 'hold' | 'unhold' | 'dtmf'
>

function takeChannelEvent(world: World, event: ChannelEvent): void {
  const { at, channel } = event
  // Events that were kept by another version may be of kinds this one does not know.
  if (!channel) return
  if (event.kind === 'channel-gone' && !world.legs.has(channel.id)) return
  const leg = meet(world, channel, at)
  if (!leg) return
  if (event.kind === 'dtmf' && !isNews(leg, event)) return
  keep(world, event, leg)
  // A phone can ring before its Dial says for whom (measured on 22.10); one that inherited the mark of a skipped call waits for that.
  if (!leg.skipped || event.kind !== 'channel-seen') outgrowBirth(world, leg, at)
  switch (event.kind) {
    case 'channel-seen':
      noteGap(world, leg, event)
      return
    case 'hangup-requested':
      noteHangup(leg, event.by, at)
      return
    case 'channel-gone':
      takeGone(world, leg, event)
      break
    case 'bridge-entered':
      enterBridge(world, leg, event.bridge, at)
      break
    case 'bridge-left':
      leaveBridge(world, leg, event.bridge.id, at)
      break
    case 'hold':
      if (isLive(leg)) leg.holds = opened(leg.holds, at)
      return
    case 'unhold':
      leg.holds = closed(leg.holds, at)
      return
    case 'dtmf':
      takeDigit(leg, event.digit)
      break
    default:
      unreachable(event)
      break
  }
}

function takeCreated(world: World, event: Of<'channel-created'>): void {
  const { channel, born, at } = event
  if (world.legs.has(channel.id) || world.forgotten.has(channel.id)) return
  const leg = begin(world, channel, born, at, !event.afterGap)
  keep(world, event, leg)
  for (const field of event.lost ?? []) leg.home?.lost.add(field)
  if (event.dialled !== undefined) decideParty(world, leg, [event.dialled], at)
  if (event.afterGap && leg.home) leg.home.evidence = reconstructed(world)
}

function takeGone(world: World, leg: Leg, event: Of<'channel-gone'>): void {
  noteGap(world, leg, event)
  if (event.by) noteHangup(leg, event.by, event.at)
  end(world, leg, event.cause, event.at)
  if (leg.home) {
    foldPastRings(world, leg.home)
    release(world, leg.home)
  }
}

/** The first one names who hung up. */
function noteHangup(leg: Leg, by: HangupSide, at: number): void {
  if (at >= leg.hungUpAt) return
  leg.hungUpBy = by
  leg.hungUpAt = at
}

function takeDial(world: World, event: Of<'dial'>): void {
  const caller = event.caller && meet(world, event.caller, event.at)
  const peer = meet(world, event.peer, event.at)
  if (!peer) return
  keep(world, event, peer, caller)
  followDial(world, event, caller, peer)
  outgrowBirth(world, peer, event.at)
  if (peer.home) scheduleEnd(world, peer.home, event.at)
}

function takeTogether(world: World, event: Of<'pickup' | 'related'>, second: Of<'pickup'>['picker']): void {
  const a = meet(world, event.channel, event.at)
  const b = meet(world, second, event.at)
  if (!a || !b) return
  keep(world, event, a, b)
  link(world, a, b, event.at)
}

function takeBlindTransfer(world: World, event: Of<'blind-transfer'>): void {
  const transferer = meet(world, event.transferer, event.at)
  const transferee = event.transferee && meet(world, event.transferee, event.at)
  if (!transferer) return
  if (!isNews(transferer, event)) return
  keep(world, event, transferer, transferee)
  if (transferee) link(world, transferer, transferee, event.at)
  noteBlindTransfer(world, transferer, transferee, event.exten, event.at)
}

function takeAttendedTransfer(world: World, event: Of<'attended-transfer'>): void {
  const [first, second, transferee, target] = [event.firstLeg, event.secondLeg, event.transferee, event.target].map(
    (facts) => facts && meet(world, facts, event.at),
  )
  if (!first || !second) return
  if (!isNews(first, event)) return
  keep(world, event, first, second, transferee, target)
  for (const other of [second, transferee, target]) if (other) link(world, first, other, event.at)
  // A feature code holds the client while it is dialled; a three-way talk never says that the hold is over.
  if (first === second) first.holds = closed(first.holds, event.at)
  nameLate(world, first.home, event.at, first.extension)
  noteAttendedTransfer(world, first, second, target, event.at)
}

function takeRecording(world: World, event: Of<'recording'>): void {
  const { channelId, bridgeId } = event
  const leg = channelId === undefined ? undefined : world.legs.get(channelId)
  const members = bridgeId === undefined ? [] : [...(world.bridges.get(bridgeId)?.members ?? [])]
  for (const each of leg ? [leg, ...members] : members) {
    keep(world, event, each)
    each.home?.recordings.add(event.file)
  }
}

function takeRangBefore(world: World, event: Of<'rang-before'>): void {
  const leg = world.legs.get(event.channel.id)
  if (!leg?.home || leg.events.some(({ event: known }) => known.kind === event.kind)) return
  keep(world, event, leg)
  for (const ring of event.rings) addRangBefore(leg.home, ring)
}

/** Digits of a menu: dialled by a client nobody is connected with, and not into a mailbox. */
function takeDigit(leg: Leg, digit: string): void {
  if (leg.role !== 'client' || leg.bridge || !leg.home || /^voicemail/i.test(leg.app)) return
  leg.home.ivr += digit
}

/** A call that lived through a gap was not seen whole. */
function noteGap(world: World, leg: Leg, event: { readonly afterGap?: true }): void {
  if (event.afterGap && leg.home && !leg.home.over) leg.home.evidence = reconstructed(world)
}

/** Told twice, a transfer or a digit would count twice. */
function isNews(leg: Leg, event: Of<'blind-transfer' | 'attended-transfer' | 'dtmf'>): boolean {
  return !leg.events.some(
    ({ event: known }) =>
      known.kind === event.kind &&
      known.at === event.at &&
      (known.kind !== 'dtmf' || event.kind !== 'dtmf' || known.digit === event.digit),
  )
}

function unreachable(event: never): void {
  void event
}
