import { readRecording } from '../calls/recording.ts'
import { type CallTemplate, callTemplate, replayed } from './replay.ts'

/** Calls of every kind that one PBX of a sales department has, all recorded from Asterisk 22. */
const STORIES =
  'in-answered in-group-answered in-queue in-queue-local in-ivr-digit in-blind-refer in-attended-feature in-hold in-voicemail in-abandoned-ringing in-local-optimised out-answered out-busy internal-answered'

export function templates(names: string = STORIES): readonly CallTemplate[] {
  return names.split(' ').map((name) => {
    const { ari } = readRecording({ version: '22', name })
    return callTemplate(ari.map((message) => JSON.parse(JSON.stringify(message, asSent))))
  })
}

/**
 * The messages of many calls that overlap, in the order of their times.
 * @param live about how many calls are up at any moment
 */
export function overlappingCalls(calls: readonly CallTemplate[], many: number, live: number): readonly string[] {
  const start = Date.parse('2026-11-20T09:00:00Z')
  const lengths = calls.map(({ messages }) => Math.max(...messages.map(({ atMs }) => atMs)))
  const spacing = lengths.reduce((sum, ms) => sum + ms, 0) / lengths.length / live
  const all = Array.from({ length: many }, (_, number) => {
    const call = calls[number % calls.length]
    const client = `+7922${String(1_000_000 + number)}`
    return call ? replayed(call, number, Math.round(start + number * spacing), client, 1) : []
  })
  return all
    .flat()
    .toSorted((a, b) => a.at - b.at)
    .map(({ text }) => text)
}

/** Recordings are kept without fields that nobody reads; Asterisk sends them, and they cost time. */
function asSent(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  if ('timestamp' in value) return { ...value, asterisk_id: '52:54:00:ab:cd:ef', application: 'callweave' }
  if ('dialplan' in value)
    return {
      ...value,
      ...{ protocol_id: '3d1a6f0e-7d0c-4f9b@198.51.100.7', connected: { name: '', number: '' } },
      ...{ accountcode: '', language: 'en' },
    }
  if ('app_name' in value) return { ...value, priority: 3 }
  if ('bridge_class' in value)
    return {
      ...value,
      creator: '',
      name: '',
      channels: [],
      video_mode: 'none',
      ...{ creationtime: '2026-11-20T09:00:00.000+0000' },
    }
  return value
}
