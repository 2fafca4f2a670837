import type { RangBefore } from './call-event.ts'
import type { CallState, Leg } from './state.ts'
import { forget, type World } from './world.ts'

/** A client who waits in a queue for an hour makes hundreds of phones ring: more channels than this are not kept one by one. */
const MANY_LEGS = 90

/** Keeps of phones that rang long ago, and of the Local channels before them, only how long each person rang. */
export function foldPastRings(world: World, call: CallState): void {
  if (call.legs.size <= MANY_LEGS || call.clients.length === 0) return
  const past = [...call.legs].filter((leg) => isPast(call, leg))
  if (past.length < MANY_LEGS / 2) return
  const names = new Set(past.map(({ id }) => id))
  for (const leg of past) {
    if (call.rings.delete(leg)) call.rangBefore.set(leg.extension, added(call.rangBefore.get(leg.extension), leg))
    call.legs.delete(leg)
    forget(world, leg)
  }
  for (const leg of call.legs) forgetDials(leg, names)
}

/** Takes over what another call, or the events a call was kept as, tell of rings long ago. */
export function addRangBefore(call: CallState, { extension, ...rest }: RangBefore): void {
  const known = call.rangBefore.get(extension)
  if (!known) call.rangBefore.set(extension, { extension, ...rest })
  else {
    const [ms, since, until] = [
      known.ms + rest.ms,
      Math.min(known.since, rest.since),
      Math.max(known.until, rest.until),
    ]
    call.rangBefore.set(extension, { ...known, ms, since, until })
  }
}

/** Nothing that is still to come asks for it. */
function isPast(call: CallState, leg: Leg): boolean {
  const half = leg.otherHalf
  if (leg.goneAt === undefined || leg.home !== call || leg === call.starter || leg.role === 'client') return false
  if (call.talks.has(leg) || call.nameless.has(leg)) return false
  return !half || half.goneAt !== undefined
}

/** Several phones of one person that ring together ring once. */
function added(known: RangBefore | undefined, { extension, createdAt, upAt, goneAt, external }: Leg): RangBefore {
  const end = upAt ?? goneAt ?? createdAt
  const ms = Math.max(0, end - Math.max(createdAt, known?.until ?? createdAt))
  const outside = known && known.external === undefined ? undefined : external
  return {
    extension,
    since: Math.min(known?.since ?? createdAt, createdAt),
    until: Math.max(known?.until ?? end, end),
    ms: (known?.ms ?? 0) + ms,
    ...(outside !== undefined && { external: outside }),
  }
}

function forgetDials(leg: Leg, names: ReadonlySet<string>): void {
  const rest = leg.events.filter(({ event }) => event.kind !== 'dial' || !names.has(event.peer.id))
  if (rest.length < leg.events.length) leg.events.splice(0, leg.events.length, ...rest)
}
