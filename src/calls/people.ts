import type { PersonInCall } from './call.ts'
import type { RangBefore } from './call-event.ts'
import { type Interval, intersection, SAME_CONVERSATION_MS, secondsOf, toSeconds, union } from './interval.ts'
import type { CallState, Leg } from './state.ts'

/** Somebody who rang or talked, with all their phones. */
export interface Person {
  readonly extension: string
  readonly legs: readonly Leg[]
  /** When they first rang or talked. */
  readonly since: number
  readonly talk: readonly Required<Interval>[]
}

/** Everybody who rang or talked between the call's start and `until`, in order of first ring or talk. */
export function peopleOf(call: CallState, until: number): readonly Person[] {
  const phones = new Map<string, Set<Leg>>()
  for (const leg of [...call.rings, ...call.talks.keys()]) {
    const known = phones.get(leg.extension)
    if (known) known.add(leg)
    else phones.set(leg.extension, new Set([leg]))
  }
  for (const extension of call.rangBefore.keys()) if (!phones.has(extension)) phones.set(extension, new Set())
  const people = [...phones].map(([extension, legs]) => personWith(call, extension, [...legs], until))
  return people.toSorted((a, b) => a.since - b.since || (a.extension < b.extension ? -1 : 1))
}

/** What the call tells of them. */
export function describePerson(call: CallState, { extension, legs, talk }: Person, until: number): PersonInCall {
  const rings = legs.filter((leg) => call.rings.has(leg))
  const held = union(
    [...legs, ...call.clients].flatMap((leg) => leg.holds),
    until,
  )
  const before = call.rangBefore.get(extension)
  const external = externalOf(call, legs, before)
  const ringing = within(call, union(rings.map(ringOf), until), until)
  // What rang together with those long ago has been counted with them.
  const ringMs = ringing.reduce(
    (sum, { start, end }) => sum + Math.max(0, end - Math.max(start, before?.until ?? start)),
    0,
  )
  return {
    extension,
    ...(external !== undefined && { external }),
    rang: rings.length > 0 || before !== undefined,
    rangSeconds: toSeconds(ringMs + (before?.ms ?? 0)),
    talkSeconds: secondsOf(talk),
    holdSeconds: secondsOf(intersection(talk, held)),
  }
}

/**
 * Who talked last: of two who left together the one whose phone came later. Who was connected later says less: a consultation that
 * becomes a three-way talk connects both within a millisecond, in either order (measured on 22.10).
 */
export function lastTalker(call: CallState, until: number): string {
  let best: { readonly order: readonly number[]; readonly extension: string } | undefined
  for (const [leg, intervals] of call.talks) {
    const last = intervals.at(-1)
    if (!last) continue
    const order = [last.end ?? Math.max(until, last.start), leg.createdAt, call.rings.has(leg) ? 1 : 0, last.start]
    const difference = best?.order.map((value, index) => (order[index] ?? 0) - value).find((each) => each !== 0)
    if (!best || (difference ?? (leg.extension > best.extension ? 1 : 0)) > 0)
      best = { order, extension: leg.extension }
  }
  return best?.extension ?? ''
}

function personWith(call: CallState, extension: string, legs: readonly Leg[], until: number): Person {
  const seen = legs.map((leg) =>
    call.rings.has(leg) ? leg.createdAt : (call.talks.get(leg)?.[0]?.start ?? leg.createdAt),
  )
  const stretches = legs.flatMap((leg) => call.talks.get(leg) ?? [])
  const talk = within(call, union(stretches, until, SAME_CONVERSATION_MS), until)
  const since = Math.min(...seen, call.rangBefore.get(extension)?.since ?? Infinity)
  return { extension, legs, since, talk }
}

/**
 * A phone may ring on for a moment when the client has gone. Moments without length stay, and so does what clocks that were set
 * back have put before the start or after the end: somebody talked.
 */
function within(
  call: CallState,
  intervals: readonly Required<Interval>[],
  until: number,
): readonly Required<Interval>[] {
  const inside = (at: number) => Math.max(call.startedAt, Math.min(at, until))
  return intervals.map(({ start, end }) => ({ start: inside(start), end: inside(end) }))
}

/** The outside number, when that is where the person talked; of a person who never talked, when nothing else rang. */
function externalOf(call: CallState, legs: readonly Leg[], before: RangBefore | undefined): string | undefined {
  const talked = legs.filter((leg) => call.talks.has(leg))
  if (talked.length === 0 && before) {
    const outside = before.external !== undefined && legs.every((leg) => leg.external !== undefined)
    return outside ? (legs.at(-1)?.external ?? before.external) : undefined
  }
  const decisive = talked.length > 0 ? talked : legs
  return decisive.every((leg) => leg.external !== undefined) ? decisive.at(-1)?.external : undefined
}

function ringOf(leg: Leg): Interval {
  const end = leg.upAt ?? leg.goneAt
  return end === undefined ? { start: leg.createdAt } : { start: leg.createdAt, end }
}
