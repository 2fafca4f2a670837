import type { CallEvent, ChannelFacts } from '../../../src/calls/call-event.ts'

/** A stream as a person reads it: what happened to whom, an event a line. */
export function storyOf(events: readonly CallEvent[]): string {
  const start = events[0]?.at ?? 0
  return events.map((event) => lineOf(event, start)).join('\n')
}

function lineOf(event: CallEvent, start: number): string {
  const { kind, at, ...rest } = event
  const parts = Object.entries(rest as Readonly<Record<string, unknown>>).map(
    ([key, value]) => `${key}=${shown(value)}`,
  )
  return `${String(at - start).padStart(7)} ${kind} ${parts.join(' ')}`
}

function shown(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (!('name' in value))
    return 'id' in value && 'class' in value ? `${value.id}(${value.class})` : JSON.stringify(value)
  const { id, name, state = '', linkedid = '', exten = '', app = '' } = value as ChannelFacts
  const name_ = name.replace(/-0{3,}/, '-')
  return `${name_}[${[state, linkedid === id ? 'own' : linkedid, exten, app].join(' ').trim()}]`
}
