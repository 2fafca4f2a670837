import { decodeBridge, decodeChannel, isObject, textOf } from './decode-channel.ts'
import { decodeTime } from './decode-time.ts'

/** Where the types that tell something of a call say whom it is about. */
const SUBJECTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Dial', ['peer']],
  ['BridgeBlindTransfer', ['channel']],
  ['BridgeAttendedTransfer', ['transferer_first_leg']],
  ['BridgeDestroyed', ['bridge']],
  ['RecordingStarted', ['recording']],
  ['ChannelEnteredBridge', ['channel', 'bridge']],
  ['ChannelLeftBridge', ['channel', 'bridge']],
  ...['ChannelCreated', 'ChannelDestroyed', 'ChannelHangupRequest', 'ChannelHold', 'ChannelUnhold'].map(inChannel),
  ...['ChannelDtmfReceived', 'ChannelVarset', 'ChannelDialplan', 'ChannelStateChange', 'ChannelCallerId'].map(
    inChannel,
  ),
  ...['ChannelConnectedLine', 'StasisStart', 'StasisEnd', 'ChannelTransfer'].map(inChannel),
])

/**
 * Why a parsed ARI message that gave no call events should have given one; undefined when it has nothing to say of calls, as most
 * types have not.
 */
export function ariFault(message: unknown): string | undefined {
  if (!isObject(message)) return 'no JSON object'
  const type = textOf(message['type'])
  if (type === '') return 'no type'
  const subjects = SUBJECTS.get(type)
  if (!subjects) return undefined
  if (decodeTime(message['timestamp']) === undefined) return `${type}: timestamp is no time`
  const missing = subjects.find((name) => !isSubject(name, message[name]))
  return missing && `${type}: ${missing} is missing or lacks what is read of it`
}

function isSubject(name: string, value: unknown): boolean {
  if (name === 'recording') return isObject(value)
  return (name === 'bridge' ? decodeBridge(value) : decodeChannel(value)) !== undefined
}

function inChannel(type: string): readonly [string, readonly string[]] {
  return [type, ['channel']]
}
