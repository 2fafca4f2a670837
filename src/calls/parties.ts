import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import { forgetTalkAmongColleagues } from './before-client.ts'
import { adopt, baseId, beginCall, settleHome } from './identity.ts'
import { isLive } from './leg.ts'
import { startRinging } from './ringing.ts'
import { sayArrived } from './say.ts'
import { noteSkip } from './skipped.ts'
import type { CallState, Leg } from './state.ts'
import type { World } from './world.ts'

/** Gives a leg its part in the call it serves, as far as that is known at birth. */
export function takePart(world: World, leg: Leg, at: number): void {
  const call = leg.home
  if (!call) return
  if (leg.role === 'client') becomeClient(world, call, leg, at)
  else if (leg.role === 'person' && leg.born === 'dialled' && !call.rings.has(leg)) startRinging(world, call, leg, at)
}

/**
 * Tells whether a dialled trunk leg is the client or a person (design section 3): a number of the house is a person; the first
 * other one is the client; what is dialled while there is a client is somebody's mobile.
 * @param numbers what was dialled on the trunk, then guesses (they may be what the caller dialled before it was rewritten)
 */
export function decideParty(world: World, leg: Leg, numbers: readonly string[], at: number): void {
  if (leg.role !== 'undecided') return
  const call = settleHome(world, leg)
  const [first] = call.clients
  // The exten of a caller who came in is the line, which is not what was dialled on.
  const line = first?.born === 'arriving' ? first.firstExten : undefined
  const [dialled = '', ...guesses] = numbers.map((number) => (number === line ? '' : number))
  leg.number = bestNumber([dialled, ...guesses], world.country)
  const owner =
    world.directory.personAt(dialled) ?? guesses.map(world.directory.personAt).find((found) => found?.mobile)
  if (owner) becomePerson(world, call, leg, owner.extension, owner.mobile, at)
  else if (call.clients.length === 0 || isAnotherAttempt(call, leg)) {
    leg.role = 'client'
    becomeClient(world, call, leg, at)
  } else if (call.clients.some((client) => !isPast(client, leg)) || call.over)
    becomePerson(world, call, leg, forwarderOf(world, call, leg), true, at)
  else beginNextCall(world, call, leg, at)
}

/** The number in a dialstring: `79221532327@trunk`, `trunk/sip:79221532327@host`, `g1/79221532327`; empty when it names none. */
export function dialledNumber(dialstring: string, endpoint: string): string {
  const target = dialstring.slice(dialstring.indexOf('/') + 1).replace(/^sips?:/i, '')
  const user = target.split(/[@;:]/, 1)[0] ?? ''
  return user === endpoint ? '' : user
}

function becomeClient(world: World, call: CallState, leg: Leg, at: number): void {
  if (call.clients.includes(leg)) return
  if (call.clients.length === 0) forgetTalkAmongColleagues(world, call, at)
  // After a gap the client may be older than the channel that its call was first known by.
  call.startedAt = Math.min(call.startedAt, leg.createdAt)
  call.clients.push(leg)
  noteSkip(world, call, leg, at)
  sayArrived(world, call, at)
}

function becomePerson(world: World, call: CallState, leg: Leg, extension: string, outside: boolean, at: number): void {
  leg.role = 'person'
  leg.extension = extension
  if (extension === '') call.nameless.add(leg)
  if (outside) leg.external = normalisePhone(leg.number, world.country) || leg.number
  startRinging(world, call, leg, at)
}

/**
 * Looks again for whom nameless outside legs answer: a consultation may be dialled before the one who consults is in its bridge
 * (seen in CEL and on 16.28), and who hands over is known at the latest then.
 */
export function nameLate(world: World, call: CallState | undefined, at: number, transferer = ''): void {
  for (const leg of call?.nameless ?? []) {
    const extension = call ? forwarderOf(world, call, leg) || transferer : ''
    if (!call || extension === '') continue
    call.nameless.delete(leg)
    call.ringing.get('')?.delete(leg)
    leg.extension = extension
    startRinging(world, call, leg, at)
  }
}

/** The same number again (next trunk, call back), or a second number of the same client dialled by the same caller. */
function isAnotherAttempt(call: CallState, leg: Leg): boolean {
  // A client who called in is known by number; a leg of whom nothing is known (after a gap) is nobody's second attempt.
  if (call.clients[0]?.born === 'arriving' && leg.number === '') return false
  const same = call.clients.some((client) => sameNumber(client.number, leg.number))
  if (call.clients.every((client) => isPast(client, leg))) return same
  if (call.clients.every((client) => client.upAt === undefined && isRepeated(client, leg))) return true
  const dialledTogether = call.clients.every((client) => client.upAt === undefined && client.dialler === leg.dialler)
  return dialledTogether && leg.dialler !== undefined && call.clients[0]?.born === 'dialled'
}

/**
 * Whoever dials again has done with whom the same channel dialled and talked to before; the end of that one may be told a moment
 * later (seen on 16.28 and 22.10).
 */
function isPast(client: Leg, leg: Leg): boolean {
  if (!isLive(client)) return true
  return client.upAt !== undefined && client.dialler !== undefined && client.dialler === leg.dialler
}

/** The next trunk may be dialled before the end of the first is told; FreePBX's CEL does not say by whom (seen on 22.10). */
function isRepeated(client: Leg, leg: Leg): boolean {
  return client.born === 'dialled' && leg.number !== '' && client.number !== '' && sameNumber(client.number, leg.number)
}

/** A number that is not known proves nothing. */
function sameNumber(a: string, b: string): boolean {
  return a === b || a === '' || b === '' || (phoneKey(a) !== undefined && phoneKey(a) === phoneKey(b))
}

/** Another client under a linkedid whose first client has left. The caller goes along. */
function beginNextCall(world: World, call: CallState, leg: Leg, at: number): void {
  const next = beginCall(world, baseId(call.id), leg.dialler ?? leg)
  next.startedAt = leg.createdAt
  adopt(world, next, leg)
  for (const half of [leg.dialler, leg.dialler?.otherHalf]) {
    if (half && half.home === call && isLive(half)) adopt(world, next, half)
  }
  leg.role = 'client'
  becomeClient(world, next, leg, at)
}

/** Whose call an outside leg answers: found along the chain of those who dialled, else who transferred last. */
function forwarderOf(world: World, call: CallState, leg: Leg): string {
  for (const each of diallersOf(leg)) {
    if (each.role === 'person') return each.extension
    if (call.forward && each.half !== undefined && each.endpoint === call.forward.target) return call.forward.extension
    const consulting = [...(each.otherHalf?.bridge?.members ?? [])].find(({ role }) => role === 'person')
    if (consulting) return consulting.extension
    const named = each.half === undefined ? each.exten : each.endpoint
    // FreePBX's follow-me calls its Local channels FM101 and FMPR-101.
    const person = world.directory.personAt(named.replace(/^FM(PR-)?(?=\d)/, ''))
    if (person) return person.extension
  }
  return call.transfers.at(-1)?.from ?? call.forward?.extension ?? ''
}

function diallersOf(leg: Leg): readonly Leg[] {
  const chain = new Set<Leg>()
  let each = leg.dialler
  while (each && !chain.has(each)) {
    chain.add(each)
    each = each.half === 2 && each.otherHalf ? each.otherHalf.dialler : each.dialler
  }
  return [...chain]
}

/** The first that is a phone number, else the first that is anything. */
function bestNumber(numbers: readonly string[], country: string): string {
  return (
    numbers.find((number) => normalisePhone(number, country).startsWith('+')) ?? numbers.find((n) => n !== '') ?? ''
  )
}
