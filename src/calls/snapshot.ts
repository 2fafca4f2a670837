import type { CallEvent, ChannelFacts } from './call-event.ts'
import type { World } from './world.ts'

type Snapshot = Extract<CallEvent, { readonly kind: 'snapshot' }>

/**
 * What must have happened while nobody listened, as the events that were missed: recovery goes the same way as everything else.
 * Times that nobody saw are the snapshot's; a channel that is new began when it says.
 */
export function missedEvents(world: World, snapshot: Snapshot): readonly CallEvent[] {
  const { at } = snapshot
  // Asterisk lists them in no order; who began a call shows in the order of birth.
  const channels = snapshot.channels.toSorted((a, b) => (a.createdAt ?? at) - (b.createdAt ?? at))
  const present = new Set(channels.map(({ id }) => id))
  const seats = seatsIn(snapshot)
  const events: CallEvent[] = []
  for (const leg of world.legs.values()) {
    if (leg.goneAt === undefined && leg.createdAt < at && !present.has(leg.id)) {
      events.push({ kind: 'channel-gone', at, channel: { id: leg.id, name: leg.name }, afterGap: true })
    }
  }
  for (const channel of channels) {
    const leg = world.legs.get(channel.id)
    if (leg) events.push({ kind: 'channel-seen', at, channel, afterGap: true })
    else
      events.push({
        kind: 'channel-created',
        at: channel.createdAt ?? at,
        channel,
        born: guessBirth(channel),
        afterGap: true,
      })
    if (leg?.bridge && leg.bridge !== undefined && seats.get(leg.id)?.id !== leg.bridge.id) {
      events.push({ kind: 'bridge-left', at, channel, bridge: { id: leg.bridge.id, class: leg.bridge.class } })
    }
  }
  for (const channel of channels) {
    const bridge = seats.get(channel.id)
    if (bridge && world.legs.get(channel.id)?.bridge?.id !== bridge.id) {
      events.push({ kind: 'bridge-entered', at, channel, bridge: { id: bridge.id, class: bridge.class } })
    }
  }
  return events
}

/** Everything that was is gone, and was last alive at `at`. */
export function deathsBy(world: World, at: number): readonly CallEvent[] {
  return [...world.legs.values()]
    .filter((leg) => leg.goneAt === undefined && leg.createdAt <= at)
    .map((leg) => ({ kind: 'channel-gone', at, channel: { id: leg.id, name: leg.name }, afterGap: true }))
}

/** How a channel first met in the middle of its life began. */
export function guessBirth(channel: ChannelFacts): 'arriving' | 'dialled' {
  const { state, app = '', appData, linkedid, id, name } = channel
  if (name.endsWith(';1')) return 'dialled'
  if (state === 'Ring') return 'arriving'
  if (state === 'Down' || state === 'Ringing' || appData === '(Outgoing Line)' || /^App(Dial|Queue)/.test(app))
    return 'dialled'
  return linkedid === undefined || linkedid === id ? 'arriving' : 'dialled'
}

function seatsIn(snapshot: Snapshot): ReadonlyMap<string, Snapshot['bridges'][number]> {
  return new Map(snapshot.bridges.flatMap((bridge) => bridge.channelIds.map((id) => [id, bridge] as const)))
}
