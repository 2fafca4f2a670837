import { connectedWith } from './bridges.ts'
import { closed, opened, SAME_CONVERSATION_MS } from './interval.ts'
import { isUp } from './leg.ts'
import { sayPerson } from './say.ts'
import type { CallState, Leg } from './state.ts'
import { completeTransfer } from './transfers.ts'
import type { World } from './world.ts'

/** Looks at everybody these channels are connected with, and at who talks with whom now. */
export function refreshConversations(world: World, seeds: Iterable<Leg | undefined>, at: number): void {
  const seen = new Set<Leg>()
  const calls = new Set<CallState>()
  for (const seed of seeds) {
    if (!seed || seen.has(seed)) continue
    for (const leg of connectedWith(seed)) {
      seen.add(leg)
      if (leg.home && !leg.home.over) calls.add(leg.home)
    }
  }
  for (const call of calls) updateTalk(world, call, at)
}

/** Those who have been away for longer than a rebuilt bridge takes have ended their conversation. */
export function expireLeaving(world: World, call: CallState, at: number): void {
  for (const [extension, leftAt] of call.leaving) {
    if (at - leftAt <= SAME_CONVERSATION_MS) continue
    call.leaving.delete(extension)
    call.talking.delete(extension)
    sayPerson(world, call, 'conversation-ended', extension, leftAt)
  }
}

function updateTalk(world: World, call: CallState, at: number): void {
  const talkers = talkersOf(call)
  for (const [leg, intervals] of call.talks) {
    if (!talkers.has(leg)) call.talks.set(leg, closed(intervals, at))
  }
  for (const leg of talkers) call.talks.set(leg, opened(call.talks.get(leg) ?? [], at, SAME_CONVERSATION_MS))
  const extensions = new Set([...talkers].map(({ extension }) => extension))
  for (const extension of call.talking) {
    if (extensions.has(extension)) call.leaving.delete(extension)
    else if (!call.leaving.has(extension)) {
      call.leaving.set(extension, at)
      world.deadlines.add(at + SAME_CONVERSATION_MS + 1, call)
    }
  }
  for (const extension of extensions) startTalking(world, call, extension, at)
}

function startTalking(world: World, call: CallState, extension: string, at: number): void {
  call.ringing.delete(extension)
  completeTransfer(call, extension)
  if (call.talking.has(extension)) return
  call.talking.add(extension)
  sayPerson(world, call, 'conversation-started', extension, at)
}

/** The persons the client is connected with; without a client, persons who are connected with each other. */
function talkersOf(call: CallState): ReadonlySet<Leg> {
  const talkers = new Set<Leg>()
  const own = call.clients.length > 0 ? call.clients : call.liveLegs
  for (const leg of own) {
    if (!leg.bridge || !isUp(leg) || talkers.has(leg)) continue
    if (leg.role === 'client') for (const person of personsWith(leg)) talkers.add(person)
    else if (leg.role === 'person') {
      const persons = personsWith(leg)
      if (new Set(persons.map(({ extension }) => extension)).size > 1) for (const person of persons) talkers.add(person)
    }
  }
  return talkers
}

function personsWith(leg: Leg): readonly Leg[] {
  return [...connectedWith(leg)].filter((each) => each.role === 'person' && isUp(each))
}
