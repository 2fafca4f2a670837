import { BLACKLIST_CONTEXT } from '../calls/blacklist.ts'
import type { CallEvent, ChannelFacts } from '../calls/call-event.ts'
import { decodeBridge, decodeChannel, isObject, textOf } from './decode-channel.ts'
import { decodeTime } from './decode-time.ts'
import { decodeAttendedTransfer, decodeBlindTransfer } from './decode-transfer.ts'

type Json = Readonly<Record<string, unknown>>
const nothing: readonly CallEvent[] = []

/**
 * The call events of one raw ARI message. Unknown types, messages without a timestamp and malformed ones give none; it never
 * throws. Works without `channelvars`, and without the types the service filters away (`ChannelVarset`, `ChannelDialplan`).
 */
export function decodeAri(message: unknown): readonly CallEvent[] {
  if (!isObject(message)) return nothing
  const at = decodeTime(message['timestamp'])
  if (at === undefined) return nothing
  const event = decodeMessage(textOf(message['type']), message, at)
  return event ? [event] : nothing
}

function decodeMessage(type: string, message: Json, at: number): CallEvent | undefined {
  switch (type) {
    case 'Dial':
      return decodeDial(message, at)
    case 'BridgeBlindTransfer':
      return decodeBlindTransfer(message, at)
    case 'BridgeAttendedTransfer':
      return decodeAttendedTransfer(message, at)
    case 'BridgeDestroyed':
      return decodeBridgeDestroyed(message, at)
    case 'RecordingStarted':
      return decodeRecording(message, at)
    default: {
      const channel = decodeChannel(message['channel'])
      return channel && decodeChannelMessage(type, message, at, channel)
    }
  }
}

function decodeChannelMessage(type: string, message: Json, at: number, channel: ChannelFacts): CallEvent | undefined {
  switch (type) {
    case 'ChannelCreated':
      return { kind: 'channel-created', at, channel, born: channel.state === 'Down' ? 'dialled' : 'arriving' }
    case 'ChannelDestroyed': {
      const { cause } = message
      return { kind: 'channel-gone', at, channel, ...(typeof cause === 'number' && { cause }) }
    }
    case 'ChannelHangupRequest':
      // Its cause is a bit mask when `soft` (reference ari.md 0.8) and is never read.
      return { kind: 'hangup-requested', at, channel, by: message['soft'] === true ? 'pbx' : 'device' }
    case 'ChannelEnteredBridge':
    case 'ChannelLeftBridge': {
      const bridge = decodeBridge(message['bridge'])
      const kind = type === 'ChannelEnteredBridge' ? 'bridge-entered' : 'bridge-left'
      return bridge && { kind, at, channel, bridge }
    }
    case 'ChannelHold':
      return { kind: 'hold', at, channel }
    case 'ChannelUnhold':
      return { kind: 'unhold', at, channel }
    case 'ChannelDtmfReceived':
      return { kind: 'dtmf', at, channel, digit: textOf(message['digit']) }
    case 'ChannelVarset':
      return { kind: 'channel-seen', at, channel: withVariable(channel, message) }
    case 'ChannelDialplan':
      return { kind: 'channel-seen', at, channel: withApplication(channel, message) }
    case 'StasisStart': {
      const other = decodeChannel(message['replace_channel'])
      return other ? { kind: 'related', at, channel, other } : { kind: 'channel-seen', at, channel }
    }
    case 'ChannelStateChange':
      return { kind: 'channel-seen', at, channel: turnedAway(channel) }
    case 'ChannelCallerId':
    case 'ChannelConnectedLine':
    case 'StasisEnd':
    case 'ChannelTransfer':
      return { kind: 'channel-seen', at, channel }
    default:
      return undefined
  }
}

function decodeDial(message: Json, at: number): CallEvent | undefined {
  const peer = decodeChannel(message['peer'])
  if (!peer) return undefined
  const caller = decodeChannel(message['caller'])
  const forward = textOf(message['forward'])
  return {
    kind: 'dial',
    at,
    peer,
    dialstring: textOf(message['dialstring']),
    status: textOf(message['dialstatus']),
    ...(caller && { caller }),
    ...(forward !== '' && { forward }),
  }
}

function decodeBridgeDestroyed(message: Json, at: number): CallEvent | undefined {
  const bridge = decodeBridge(message['bridge'])
  return bridge && { kind: 'bridge-gone', at, bridge }
}

/** `target_uri` is `channel:<id>` or `bridge:<id>`. */
function decodeRecording(message: Json, at: number): CallEvent | undefined {
  const recording = isObject(message['recording']) ? message['recording'] : {}
  const name = textOf(recording['name'])
  const [scheme, ...rest] = textOf(recording['target_uri']).split(':')
  const id = rest.join(':')
  if (name === '' || id === '') return undefined
  const file = `${name}.${textOf(recording['format']) || 'wav'}`
  if (scheme === 'bridge') return { kind: 'recording', at, bridgeId: id, file }
  return scheme === 'channel' ? { kind: 'recording', at, channelId: id, file } : undefined
}

/** Only at the very moment: whoever was answered before passes the blacklist in state Up too. */
function turnedAway(channel: ChannelFacts): ChannelFacts {
  const answeredThere = channel.state === 'Up' && channel.context === BLACKLIST_CONTEXT
  return answeredThere ? { ...channel, skipped: true } : channel
}

/** The variables a snapshot would carry were they in `channelvars`. */
function withVariable(channel: ChannelFacts, message: Json): ChannelFacts {
  const value = textOf(message['value'])
  if (value === '') return channel
  switch (message['variable']) {
    case 'MIXMONITOR_FILENAME':
      return { ...channel, recording: value }
    case 'VMSTATUS':
      return { ...channel, voicemail: value }
    case 'FROM_DID':
    case '__FROM_DID':
    case '_FROM_DID':
      return { ...channel, did: value }
    case 'CALLWEAVE_SKIP':
    case '__CALLWEAVE_SKIP':
      return { ...channel, skipped: true }
    default:
      return channel
  }
}

/** Before 13.27/16.4 the snapshot does not say which application runs. */
function withApplication(channel: ChannelFacts, message: Json): ChannelFacts {
  const app = textOf(message['dialplan_app'])
  return app === '' ? channel : { ...channel, app, appData: textOf(message['dialplan_app_data']) }
}
