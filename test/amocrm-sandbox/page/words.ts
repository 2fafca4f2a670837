import type { User } from '../state/entities.ts'
import { type Html, html } from './html.ts'

/** amoCRM's call statuses in words (reference amocrm.md 5.1). */
const statuses: Readonly<Record<number, readonly [string, string]>> = {
  1: ['left a message', 'warn'],
  2: ['call back later', 'warn'],
  3: ['not available', 'warn'],
  4: ['talked', 'good'],
  5: ['wrong number', 'bad'],
  6: ['not reached', 'bad'],
  7: ['busy', 'bad'],
}

export function callStatusBadge(status: unknown): Html {
  const [words, tone] = (typeof status === 'number' ? statuses[status] : undefined) ?? ['no status', '']
  return html`<span class="badge ${tone}">${words}</span>`
}

export function directionBadge(direction: 'in' | 'out'): Html {
  return direction === 'in' ? html`<span class="badge">↙ incoming</span>` : html`<span class="badge">↗ outgoing</span>`
}

/** A user by name; a text (extension) as it stands. */
export function person(users: readonly User[], id: unknown): string {
  if (typeof id === 'string') return id
  if (id === 0) return 'robot'
  return users.find((user) => user.id === id)?.name ?? (id === undefined ? '–' : String(id))
}

/** Unix seconds as local date and time. */
export function dateTime(seconds: number): string {
  return format.format(seconds * 1000)
}

/** `1:05` */
export function talkTime(seconds: unknown): string {
  if (typeof seconds !== 'number') return '–'
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

export function statusBadge(status: number | undefined): Html {
  if (status === undefined) return html`<span class="badge bad">no answer</span>`
  const tone = status < 300 ? 'good' : status < 500 ? 'warn' : 'bad'
  return html`<span class="badge ${tone}">${status}</span>`
}

const format = new Intl.DateTimeFormat('en-GB', {
  day: '2-digit',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
