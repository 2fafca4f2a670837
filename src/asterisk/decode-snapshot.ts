import type { BridgeFacts, CallEvent, ChannelFacts } from '../calls/call-event.ts'
import { decodeBridge, decodeChannel, isObject } from './decode-channel.ts'

/**
 * What the PBX has, from `GET /channels` and `GET /bridges`, as one event. `at` is epoch milliseconds of Asterisk's clock.
 * Objects that are no channels or bridges are left out.
 */
export function decodeSnapshot(lists: {
  readonly channels: unknown
  readonly bridges: unknown
  readonly at: number
}): readonly CallEvent[] {
  const channels = listOf(lists.channels).flatMap((value): ChannelFacts[] => {
    const channel = decodeChannel(value)
    return channel ? [channel] : []
  })
  const bridges = listOf(lists.bridges).flatMap((value): (BridgeFacts & { channelIds: readonly string[] })[] => {
    const bridge = decodeBridge(value)
    const members = isObject(value) ? listOf(value['channels']) : []
    return bridge ? [{ ...bridge, channelIds: members.filter((id) => typeof id === 'string') }] : []
  })
  return [{ kind: 'snapshot', at: lists.at, channels, bridges }]
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
