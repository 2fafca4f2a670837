import type { BridgeFacts, CallEvent, ChannelFacts } from '../../../src/calls/call-event.ts'

/** What the PBX has a moment after these events, as it answers when it is asked. Nothing after nothing. */
export function snapshotAfter(events: readonly CallEvent[]): readonly CallEvent[] {
  const last = events.at(-1)
  if (!last) return []
  const channels = new Map<string, ChannelFacts>()
  const seats = new Map<string, BridgeFacts>()
  for (const event of events) {
    if (event.kind === 'channel-created') channels.set(event.channel.id, { ...event.channel, createdAt: event.at })
    if (event.kind === 'channel-gone') channels.delete(event.channel.id)
    if (event.kind === 'bridge-entered') seats.set(event.channel.id, event.bridge)
    if (event.kind === 'bridge-left') seats.delete(event.channel.id)
    if ('channel' in event) learn(channels, event.channel)
  }
  const bridges = new Map([...seats.values()].map((bridge) => [bridge.id, bridge]))
  const membersOf = (id: string) => [...seats].flatMap(([channel, bridge]) => (bridge.id === id ? [channel] : []))
  return [
    {
      kind: 'snapshot',
      at: last.at + 1,
      channels: [...channels.values()],
      bridges: [...bridges.values()].map((bridge) => ({ ...bridge, channelIds: membersOf(bridge.id) })),
    },
  ]
}

function learn(channels: Map<string, ChannelFacts>, facts: ChannelFacts): void {
  const known = channels.get(facts.id)
  if (known) channels.set(facts.id, { ...known, ...facts })
}
