import { BoundedMap } from './bounded-map.ts'
import type { Evidence, Phase } from './call.ts'
import type { CallEvent } from './call-event.ts'
import { currentCall } from './call-state.ts'
import { createDeadlines, type Deadlines } from './deadlines.ts'
import type { Directory } from './directory.ts'
import { isLive } from './leg.ts'
import { withSharedFacts } from './shared-facts.ts'
import type { BridgeState, CallState, Leg } from './state.ts'

/** Everything the fold knows. Found by id, so that an event costs the same whatever else is going on. */
export interface World {
  /** Legs keep what they were taken for when they were met. */
  directory: Directory
  readonly country: string
  readonly evidence: Evidence
  readonly legs: Map<string, Leg>
  readonly bridges: Map<string, BridgeState>
  /** Halves of Local channels that wait for their other half, by the part of the name both share. */
  readonly pairs: Map<string, Leg>
  /** Calls that are not over, noise included. */
  readonly calls: Set<CallState>
  /** The newest call of each linkedid, while it has channels. */
  readonly byLinkedid: Map<string, CallState>
  /** How many calls a linkedid had; late events and further calls of long channels need it. */
  readonly uses: BoundedMap<string, number>
  /** Channels of calls that are over: an event that still names one is late and means nothing. */
  readonly forgotten: BoundedMap<string, true>
  /** Calls that are over, by each of their ids. */
  readonly remembered: BoundedMap<string, CallState>
  readonly deadlines: Deadlines<CallState>
  /** What the current event changed for the rest of the house. */
  phases: Phase[]
  seq: number
  /** The latest instant heard of. */
  now: number
  noise: number
}

/** Enough for the longest channels of a busy day. */
const REMEMBERED_IDS = 20_000
/** Calls that can still be asked for after their end; each keeps its events. */
const REMEMBERED_CALLS = 200

export function createWorld(options: Pick<World, 'directory' | 'country' | 'evidence'>): World {
  return {
    ...options,
    legs: new Map(),
    bridges: new Map(),
    pairs: new Map(),
    calls: new Set(),
    byLinkedid: new Map(),
    uses: new BoundedMap(REMEMBERED_IDS),
    forgotten: new BoundedMap(REMEMBERED_IDS),
    remembered: new BoundedMap(REMEMBERED_CALLS),
    deadlines: createDeadlines(),
    phases: [],
    seq: 0,
    now: 0,
    noise: 0,
  }
}

/** Brings the halves of a Local channel together. Names begin anew with every start of Asterisk, so only those who wait count. */
export function pairUp(world: World, leg: Leg): void {
  if (leg.pair === undefined) return
  const waiting = world.pairs.get(leg.pair)
  if (!waiting || waiting.half === leg.half || !isLive(waiting)) {
    world.pairs.set(leg.pair, leg)
    return
  }
  world.pairs.delete(leg.pair)
  leg.otherHalf = waiting
  waiting.otherHalf = leg
}

/** From here on an event that names the channel is late. */
export function forget(world: World, leg: Leg): void {
  world.legs.delete(leg.id)
  world.forgotten.set(leg.id, true)
  if (leg.pair !== undefined && world.pairs.get(leg.pair) === leg) world.pairs.delete(leg.pair)
}

/** The call by its id or any linkedid, running or remembered. */
export function findCall(world: World, id: string): CallState | undefined {
  const running = world.byLinkedid.get(id)
  const remembered = world.remembered.get(id)
  for (const each of [running, remembered]) {
    if (each?.id === id) return each
  }
  // Only where a linkedid had several calls can one of them hide behind another.
  const isNumbered = (world.uses.get(id.replace(/#\d+$/, '')) ?? 0) > 1
  const numbered = isNumbered ? [...world.calls].find((call) => call.id === id) : undefined
  const found = numbered ?? running ?? remembered
  return found && currentCall(found)
}

/** Keeps an event with the channels it told something of. */
export function keep(world: World, event: CallEvent, ...legs: readonly (Leg | undefined)[]): void {
  const { seq } = world
  const kept = withSharedFacts(event, legs)
  for (const leg of legs) {
    if (leg && leg.events.at(-1)?.seq !== seq) leg.events.push({ seq, event: kept })
  }
}
