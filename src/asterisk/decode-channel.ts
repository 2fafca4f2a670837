import type { BridgeClass, BridgeFacts, ChannelFacts } from '../calls/call-event.ts'
import { decodeTime } from './decode-time.ts'

type Json = Readonly<Record<string, unknown>>

/** What an ARI channel object tells, or undefined when it is none (no id or no name). Checked by hand: it runs for every event. */
export function decodeChannel(value: unknown): ChannelFacts | undefined {
  if (!isObject(value)) return undefined
  const { id, name } = value
  if (typeof id !== 'string' || id === '' || typeof name !== 'string') return undefined
  const facts: Mutable<ChannelFacts> = { id, name }
  put(facts, 'state', value['state'])
  put(facts, 'callerNumber', isObject(value['caller']) ? value['caller']['number'] : undefined)
  const createdAt = decodeTime(value['creationtime'])
  if (createdAt !== undefined) facts.createdAt = createdAt
  const { dialplan, channelvars } = value
  if (isObject(dialplan)) {
    put(facts, 'exten', dialplan['exten'])
    put(facts, 'context', dialplan['context'])
    put(facts, 'app', dialplan['app_name'])
    put(facts, 'appData', dialplan['app_data'])
  }
  if (isObject(channelvars)) {
    put(facts, 'linkedid', channelvars['CHANNEL(linkedid)'])
    put(facts, 'did', channelvars['FROM_DID'])
    put(facts, 'dnid', channelvars['CALLERID(dnid)'])
    put(facts, 'recording', channelvars['MIXMONITOR_FILENAME'])
    put(facts, 'voicemail', channelvars['VMSTATUS'])
    if (textOf(channelvars['CALLWEAVE_SKIP']) !== '') facts.skipped = true
  }
  return facts
}

/** What an ARI bridge object tells; undefined when it is none. */
export function decodeBridge(value: unknown): BridgeFacts | undefined {
  if (!isObject(value)) return undefined
  const { id } = value
  if (typeof id !== 'string' || id === '') return undefined
  return { id, class: bridgeClass(value) }
}

/** reference ari.md 3.1: class `base` is ConfBridge, Page and BridgeWait; the last one only holds. */
function bridgeClass(bridge: Json): BridgeClass {
  const name = bridge['bridge_class']
  if (name === 'parking') return 'parking'
  if (bridge['bridge_type'] === 'holding' || bridge['technology'] === 'holding_bridge') return 'holding'
  if (name === 'basic') return 'basic'
  return name === 'stasis' ? 'stasis' : 'conference'
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type TextKey = Exclude<keyof ChannelFacts, 'id' | 'name' | 'createdAt' | 'skipped'>

function put(facts: Mutable<ChannelFacts>, key: TextKey, value: unknown): void {
  if (typeof value === 'string' && value !== '') facts[key] = value
}
