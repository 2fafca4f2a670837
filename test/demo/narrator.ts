import type { ReceivedCard } from '../stage/card-listener.ts'
import type { LogLine } from '../stage/service-process.ts'

/** Tells people in a line each what the service does, from its own log and from the cards that reach the managers. */
export interface Narrator {
  title(text: string): void
  hear(line: LogLine): void
  see(person: string, message: ReceivedCard): void
  say(kind: string, text: string): void
}

export function createNarrator(print: (line: string) => void, now: () => number): Narrator {
  const started = now()
  const say = (kind: string, text: string): void => {
    const seconds = ((now() - started) / 1000).toFixed(1).padStart(6)
    print(`${seconds}s  ${kind.padEnd(6)} ${text}`)
  }
  return {
    say,
    title: (text) => print(`\n── ${text}`),
    hear: (line) => {
      const told = sentence(line)
      if (told) say(...told)
    },
    see: (person, message) => {
      const told = cardSentence(message)
      if (told) say('card', `${person}: ${told}`)
    },
  }
}

function sentence(line: LogLine): readonly [string, string] | undefined {
  switch (line.msg) {
    case 'call arrived':
      return [
        'call',
        `${line['direction'] === 'in' ? `${text(line, 'client')} calls ${text(line, 'line')}` : `${text(line, 'direction')} to ${text(line, 'client')}`} (call ${text(line, 'call')})`,
      ]
    case 'call routed':
      return ['route', `${routeText(line['route'])}, answered within ${text(line, 'tookMs')} ms`]
    case 'call ended':
      return [
        'ended',
        `${text(line, 'result')}: waited ${text(line, 'waitSeconds')} s, talked ${text(line, 'talkSeconds')} s${line['responsible'] ? ` with ${text(line, 'responsible')}` : ''}`,
      ]
    case 'written to the CRM':
      return ['note', crmText(line)]
    default:
      return ['warn', 'error'].includes(String(line['level']))
        ? [String(line['level']), JSON.stringify(line)]
        : undefined
  }
}

function routeText(route: unknown): string {
  if (typeof route !== 'object' || route === null) return ''
  const { kind, extension, seconds, why, callerName } = route as Record<string, unknown>
  const name = callerName ? `, "${callerName}" on the display` : ''
  return kind === 'ring'
    ? `rings ${extension} first for ${seconds} s (${why})${name}`
    : `the PBX's own route (${why})${name}`
}

function crmText(line: LogLine): string {
  const result = (line['result'] ?? {}) as Record<string, unknown>
  if (line['kind'] === 'client')
    return `client of ${text(line, 'job')}: ${result['kind']} ${result['id']} (${result['how']})`
  const entity = (result['entity'] ?? {}) as Record<string, unknown>
  return `call note ${result['note'] ?? ''} stands on ${entity['kind']} ${entity['id']}`
}

function cardSentence(message: ReceivedCard): string | undefined {
  if (message.type === 'closed') return `card closes (${message['reason']})`
  if (message.type !== 'card') return undefined
  const card = message['card'] as { state: string; phone: string; client: Record<string, unknown> }
  const who =
    card.client['state'] === 'known'
      ? `${card.client['name']}, ${card.client['kind']} ${card.client['id']}`
      : String(card.client['state'])
  return `${card.state}, ${card.phone} – ${who}`
}

function text(line: LogLine, key: string): string {
  return String(line[key] ?? '')
}
