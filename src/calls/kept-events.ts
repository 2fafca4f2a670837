import type { CallEvent, ChannelFacts } from './call-event.ts'
import type { CallState, Leg } from './state.ts'
import type { World } from './world.ts'

/**
 * The events of every channel that had a part in the call, and of those it met, each once, in order. Folded again they give the same
 * call.
 */
export function eventsOf(world: World, call: CallState): readonly CallEvent[] {
  const legs = new Set<Leg>()
  for (let each: CallState | undefined = call; each; each = each.previous) {
    for (const leg of [...each.legs, ...each.talks.keys()]) legs.add(leg)
  }
  for (const leg of [...legs]) {
    for (const { event } of leg.events) for (const met of legsNamedIn(world, event)) legs.add(met)
  }
  const bySeq = new Map<number, CallEvent>()
  for (const leg of legs) {
    for (const { seq, event } of leg.events) bySeq.set(seq, event)
  }
  const kept = [...bySeq].toSorted(([a], [b]) => a - b).map(([, event]) => event)
  return call.rangBefore.size === 0
    ? kept
    : withRangBefore(
        call,
        kept.filter(({ kind }) => kind !== 'rang-before'),
      )
}

/** Right behind the first event of the client. */
function withRangBefore(call: CallState, kept: readonly CallEvent[]): readonly CallEvent[] {
  const [client = call.starter] = call.clients
  const index = kept.findIndex((event) => event.kind === 'channel-created' && event.channel.id === client.id)
  const at = kept[index]?.at ?? call.startedAt
  const { id, name } = client
  const rings = [...call.rangBefore.values()]
  return kept.toSpliced(index + 1, 0, { kind: 'rang-before', at, channel: { id, name }, rings })
}

/** Channels of other calls (of two that were joined) which a single event names beside its own. */
function legsNamedIn(world: World, event: CallEvent): readonly Leg[] {
  return channelsIn(event).flatMap(({ id, linkedid = id }) => {
    const over = world.remembered.get(linkedid)
    const leg = world.legs.get(id) ?? [...(over?.legs ?? [])].find((each) => each.id === id)
    return leg ? [leg] : []
  })
}

function channelsIn(event: CallEvent): readonly ChannelFacts[] {
  switch (event.kind) {
    case 'dial':
      return event.caller ? [event.caller, event.peer] : []
    case 'blind-transfer':
      return event.transferee ? [event.transferer, event.transferee] : []
    case 'attended-transfer':
      return [event.firstLeg, event.secondLeg, event.transferee, event.target].filter((facts) => facts !== undefined)
    case 'pickup':
      return [event.channel, event.picker]
    case 'related':
      return [event.channel, event.other]
    default:
      return []
  }
}
