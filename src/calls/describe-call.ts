import { normalisePhone } from '../numbers/phone-number.ts'
import type { Call, Direction, PersonInCall } from './call.ts'
import { type Interval, intersection, secondsOf, toSeconds, union } from './interval.ts'
import { lastLeg, resultOf } from './result.ts'
import type { CallState, Leg } from './state.ts'
import type { World } from './world.ts'

/** The call as it stands at `now`. */
export function describeCall(world: Pick<World, 'country'>, call: CallState, now: number): Call {
  const until = call.endedAt ?? Math.max(now, call.startedAt)
  const direction = directionOf(call)
  const client = decisiveClient(call)
  const talk = union([...call.talks.values()].flat(), until)
  const answeredAt = talk[0]?.start
  const ended = call.over
  const id = call.id
  return {
    id,
    linkedids: [...call.linkedids],
    direction,
    client: client ? toldNumber(call, client.number, world.country) : '',
    line: lineOf(client),
    startedAt: call.startedAt,
    endedAt: ended ? call.endedAt : undefined,
    answered: answeredAt !== undefined,
    result: ended ? resultOf(call) : undefined,
    waitSeconds: toSeconds((answeredAt ?? until) - waitsSince(call, direction)),
    talkSeconds: secondsOf(talk),
    responsible: lastTalker(call, until),
    hangupCause: causeOf(call),
    evidence: call.evidence,
    people: peopleOf(call, until),
    transfers: [...call.transfers],
    ivr: call.ivr,
    recordings: [...call.recordings],
    ...(call.starter.role === 'person' && { startedBy: call.starter.extension }),
    ...clientSince(call),
    ...(call.skipped && { skipped: true as const }),
  }
}

function clientSince(call: CallState): { readonly clientSince?: number } {
  const [client] = call.clients
  return client && client.createdAt !== call.startedAt ? { clientSince: client.createdAt } : {}
}

function directionOf(call: CallState): Direction {
  const [client] = call.clients
  if (!client) return 'internal'
  return client.born === 'arriving' ? 'in' : 'out'
}

/** With several legs the one that answered counts, else the last attempt. */
function decisiveClient(call: CallState): Leg | undefined {
  return call.clients.findLast((leg) => leg.upAt !== undefined) ?? call.clients.at(-1)
}

const WITHHELD = /^(anonymous|unknown|unavailable|restricted|private|withheld|asterisk|s)?$/i

function toldNumber(call: CallState, raw: string, country: string): string {
  if (call.toldNumber?.raw !== raw) call.toldNumber = { raw, told: clientNumber(raw, country) }
  return call.toldNumber.told
}

function clientNumber(raw: string, country: string): string {
  if (WITHHELD.test(raw)) return ''
  return normalisePhone(raw, country) || raw
}

function lineOf(client: Leg | undefined): string {
  if (!client) return ''
  return client.born === 'arriving' ? client.line : client.endpoint
}

/** Click-to-call waits from the dialling of the client: before that the manager had not even lifted the phone. */
function waitsSince(call: CallState, direction: Direction): number {
  const byHand = call.starter.kind === 'staff' && call.starter.born === 'arriving'
  const [client] = call.clients
  return direction === 'out' && client && !byHand ? client.createdAt : call.startedAt
}

/** The client's last leg; of an internal call the last phone that was dialled. */
function causeOf(call: CallState): number | undefined {
  const legs = call.clients.length > 0 ? call.clients : call.rings
  const leg = lastLeg(legs)
  return leg?.goneAt === undefined ? undefined : leg.cause
}

function peopleOf(call: CallState, until: number): readonly PersonInCall[] {
  const firstSeen = new Map<string, number>()
  const phones = new Map<string, Leg[]>()
  for (const leg of [...call.rings, ...call.talks.keys()]) {
    const since = call.rings.has(leg) ? leg.createdAt : (call.talks.get(leg)?.[0]?.start ?? leg.createdAt)
    firstSeen.set(leg.extension, Math.min(firstSeen.get(leg.extension) ?? since, since))
    const known = phones.get(leg.extension)
    if (!known) phones.set(leg.extension, [leg])
    else if (!known.includes(leg)) known.push(leg)
  }
  return [...phones]
    .toSorted(([a], [b]) => (firstSeen.get(a) ?? 0) - (firstSeen.get(b) ?? 0))
    .map(([extension, legs]) => describePerson(call, extension, legs, until))
}

function describePerson(call: CallState, extension: string, legs: readonly Leg[], until: number): PersonInCall {
  const rings = legs.filter((leg) => call.rings.has(leg))
  const talk = union(
    legs.flatMap((leg) => call.talks.get(leg) ?? []),
    until,
  )
  const held = union(
    [...legs, ...call.clients].flatMap((leg) => leg.holds),
    until,
  )
  const external = externalOf(call, legs)
  return {
    extension,
    ...(external !== undefined && { external }),
    rang: rings.length > 0,
    rangSeconds: secondsOf(union(rings.map(ringOf), until)),
    talkSeconds: secondsOf(talk),
    holdSeconds: secondsOf(intersection(talk, held)),
  }
}

/** The outside number, when that is where the person talked; of a person who never talked, when nothing else rang. */
function externalOf(call: CallState, legs: readonly Leg[]): string | undefined {
  const talked = legs.filter((leg) => call.talks.has(leg))
  const decisive = talked.length > 0 ? talked : legs
  return decisive.every((leg) => leg.external !== undefined) ? decisive.at(-1)?.external : undefined
}

function ringOf(leg: Leg): Interval {
  const end = leg.upAt ?? leg.goneAt
  return end === undefined ? { start: leg.createdAt } : { start: leg.createdAt, end }
}

function lastTalker(call: CallState, until: number): string {
  let best: { readonly end: number; readonly start: number; readonly extension: string } | undefined
  for (const [leg, intervals] of call.talks) {
    const last = intervals.at(-1)
    if (!last) continue
    const end = last.end ?? Math.max(until, last.start)
    const later = !best || end > best.end || (end === best.end && last.start >= best.start)
    if (later) best = { end, start: last.start, extension: leg.extension }
  }
  return best?.extension ?? ''
}
