import { normalisePhone } from '../numbers/phone-number.ts'
import type { Call, Direction, LostField } from './call.ts'
import { secondsOf, toSeconds, union } from './interval.ts'
import { describePerson, lastTalker, peopleOf } from './people.ts'
import { lastLeg, resultOf } from './result.ts'
import type { CallState, Leg } from './state.ts'
import type { World } from './world.ts'

/** The call as it stands at `now`. */
export function describeCall(world: Pick<World, 'country'>, call: CallState, now: number): Call {
  const until = call.endedAt ?? Math.max(now, call.startedAt)
  const direction = directionOf(call)
  const client = decisiveClient(call)
  const people = peopleOf(call, until)
  const talk = union(
    people.flatMap((person) => person.talk),
    until,
  )
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
    people: people.map((person) => describePerson(call, person, until)),
    transfers: [...call.transfers],
    ivr: call.ivr,
    recordings: [...call.recordings],
    ...(call.starter.role === 'person' && { startedBy: call.starter.extension }),
    ...clientSince(call),
    ...(call.skipped && { skipped: true as const }),
    ...lostOf(call, answeredAt !== undefined),
  }
}

/** A conversation is told by every witness. */
function lostOf(call: CallState, answered: boolean): { readonly lost?: readonly LostField[] } {
  const lost = [...call.lost].filter((field) => field !== 'result' || !answered)
  return lost.length > 0 ? { lost } : {}
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

/**
 * Click-to-call waits from the dialling of the client: before that the manager had not even lifted the phone. So does a client who is
 * called after colleagues have talked.
 */
function waitsSince(call: CallState, direction: Direction): number {
  const byHand = call.starter.kind === 'staff' && call.starter.born === 'arriving' && !call.talkedBefore
  const [client] = call.clients
  return direction === 'out' && client && !byHand ? client.createdAt : call.startedAt
}

/** The client's last leg; of an internal call the last phone that was dialled. */
function causeOf(call: CallState): number | undefined {
  const legs = call.clients.length > 0 ? call.clients : call.rings
  const leg = lastLeg(legs)
  return leg?.goneAt === undefined ? undefined : leg.cause
}
