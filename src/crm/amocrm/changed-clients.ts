import type { ClientPage, CrmClient } from '../port.ts'
import { readAccount } from './account.ts'
import type { Api, Query, Urgency } from './api.ts'
import { type ClientKind, clientsOf, PAGE_SIZE } from './clients.ts'
import { plurals } from './entity-path.ts'
import type { Page } from './schema.ts'

interface KindPage {
  readonly clients: readonly CrmClient[]
  /** Every change of this kind up to here has come. */
  readonly readUpTo: number
}

/** The Date header has whole seconds: what was written a moment ago must not lie beyond `to`. Callers overlap by more. */
const CLOCK_MARGIN_MS = 5_000
const LEAST_LOOK_BACK_MS = 60_000

/**
 * Contacts and companies changed since then, least recently changed first. Both kinds are read side by side and the one that is
 * behind goes on, so that one instant tells how far everything was read and a stopped first fill goes on from it.
 */
export async function* changedClients(
  api: Api,
  since: number | undefined,
  now: () => number,
  urgency: Urgency,
  signal: AbortSignal,
): AsyncGenerator<ClientPage> {
  // A client changed while we read gets a time after `to` and belongs to the next round.
  const to = now() + (await skewMs(api, signal)) + CLOCK_MARGIN_MS
  // An instant in the CRM's future (its clock was set back) must not stop the index: the last minute is read all the same.
  const from = Math.min(since ?? 0, to - LEAST_LOOK_BACK_MS)
  const readers = (['contact', 'company'] as const).map((kind) => ({
    pages: changedOfKind(api, kind, from, to, urgency, signal),
    readUpTo: from,
  }))
  for (;;) {
    const [behind] = readers.toSorted((a, b) => a.readUpTo - b.readUpTo)
    if (!behind || behind.readUpTo >= to) return
    const page = await behind.pages.next()
    behind.readUpTo = page.done ? to : page.value.readUpTo
    const clients = page.done ? [] : page.value.clients
    yield { clients, readUpTo: Math.min(...readers.map((reader) => reader.readUpTo)) }
  }
}

/**
 * Page numbers shift when a client that was already read changes and leaves the window, and whoever moves up into a read page would be
 * missed. So each next request begins at the last change seen instead of asking for page two; page numbers serve only while a
 * whole page has one and the same second (a mass update).
 */
async function* changedOfKind(
  api: Api,
  kind: ClientKind,
  from: number,
  to: number,
  urgency: Urgency,
  signal: AbortSignal,
): AsyncGenerator<KindPage> {
  let start = from
  while (start <= to) {
    let moved = false
    for await (const page of api.pages(`/api/v4/${plurals[kind]}`, changesQuery(start, to), { signal, urgency })) {
      const clients = clientsOf(api, page, kind)
      const last = lastChange(page)
      const hasNext = page._links?.next !== undefined
      moved = hasNext && last !== undefined && last > start
      yield { clients, readUpTo: hasNext ? Math.max(start, last ?? start) : to }
      if (moved && last !== undefined) {
        start = last
        break
      }
    }
    if (!moved) return
  }
}

/** The page's last time of change if the page is in order; an account that ignores the order is read by page numbers. */
function lastChange(page: Page): number | undefined {
  const times = Object.values(page._embedded)
    .flat()
    .map((entry) => (hasUpdatedAt(entry) ? entry.updated_at * 1000 : Number.NaN))
  const ordered = times.every((time, at) => at === 0 || time >= (times[at - 1] ?? time))
  return ordered ? times.at(-1) : undefined
}

function hasUpdatedAt(entry: unknown): entry is { updated_at: number } {
  return typeof entry === 'object' && entry !== null && 'updated_at' in entry && typeof entry.updated_at === 'number'
}

function changesQuery(from: number, to: number): Query {
  return [
    ['filter[updated_at][from]', Math.floor(from / 1000)],
    ['filter[updated_at][to]', Math.floor(to / 1000)],
    ['order[updated_at]', 'asc'],
    ['limit', PAGE_SIZE],
  ]
}

async function skewMs(api: Api, signal: AbortSignal): Promise<number> {
  return api.skewMs() ?? (await readAccount(api, signal)).clockSkewMs
}
