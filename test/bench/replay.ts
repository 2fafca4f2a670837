import { readFile } from 'node:fs/promises'
import { unreadEvents } from '../../src/asterisk/event-filter.ts'

/** Recorded messages of one call, with holes where ids, times and the client's number stand. */
export interface CallTemplate {
  readonly messages: readonly { readonly atMs: number; readonly parts: readonly Part[] }[]
}

type Part =
  | string
  | { readonly hole: 'id'; readonly index: number }
  | { readonly hole: 'time'; readonly atMs: number }
  | { readonly hole: 'number' }

export interface TimedMessage {
  readonly at: number
  readonly text: string
}

const HOLE =
  /\d{10}\.\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=(?:PJSIP|Local)\/[^"; ]+-)[0-9a-f]{8}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000|\+79\d{9}/g

/**
 * Reads what `recordAri` wrote of exactly one call. The recorder hears everything but other applications' `StasisStart`: that is
 * made from the dialplan's entry into `Stasis()`; types the service has filtered out are left out here too.
 */
export async function readCallTemplate(file: string, application: string): Promise<CallTemplate> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
  return callTemplate(lines.flatMap((line) => heardByService(JSON.parse(line), application)))
}

/** A template of the raw messages of one call. */
export function callTemplate(messages: readonly Message[]): CallTemplate {
  const first = Math.min(...messages.map(stampOf))
  const ids = new Map<string, number>()
  return { messages: messages.map((message) => template(message, first, ids)) }
}

/**
 * The messages of a fresh call that looks like the recorded one.
 * @param number makes every id unlike another call's
 * @param from epoch milliseconds
 * @param haste how many times faster than it was recorded
 */
export function replayed(
  call: CallTemplate,
  number: number,
  from: number,
  client: string,
  haste: number,
): TimedMessage[] {
  const second = Math.floor(from / 1000)
  const fill = (part: Part): string => {
    if (typeof part === 'string') return part
    if (part.hole === 'number') return client
    if (part.hole === 'time') return new Date(from + part.atMs / haste).toISOString().replace('Z', '+0000')
    return `${second}.${number * 100 + part.index}`
  }
  return call.messages.map(({ atMs, parts }) => ({ at: from + atMs / haste, text: parts.map(fill).join('') }))
}

type Message = Readonly<Record<string, unknown>>

function heardByService(message: Message, application: string): Message[] {
  if (message['type'] === 'ChannelDialplan' && message['dialplan_app'] === 'Stasis') {
    const [name, ...args] = String(message['dialplan_app_data']).split(',')
    const { timestamp, channel, asterisk_id } = message
    return name === application ? [{ type: 'StasisStart', timestamp, args, channel, asterisk_id, application }] : []
  }
  if (unreadEvents.includes(String(message['type'])) || stampOf(message) === 0) return []
  return [{ ...message, application }]
}

function stampOf(message: Message): number {
  return Date.parse(String(message['timestamp'])) || 0
}

function template(message: Message, first: number, ids: Map<string, number>) {
  const text = JSON.stringify(message)
  const parts: Part[] = []
  let read = 0
  for (const { 0: found, index } of text.matchAll(HOLE)) {
    parts.push(text.slice(read, index), holeFor(found, first, ids))
    read = index + found.length
  }
  return { atMs: stampOf(message) - first, parts: [...parts, text.slice(read)] }
}

function holeFor(found: string, first: number, ids: Map<string, number>): Part {
  if (found.startsWith('+')) return { hole: 'number' }
  if (found.includes('T')) return { hole: 'time', atMs: Date.parse(found) - first }
  const index = ids.get(found) ?? ids.size
  ids.set(found, index)
  return { hole: 'id', index }
}
