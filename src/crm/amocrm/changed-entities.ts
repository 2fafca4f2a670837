import { CrmError } from '../errors.ts'
import { readAccount } from './account.ts'
import type { Api, Query, Urgency } from './api.ts'
import { PAGE_SIZE } from './clients.ts'
import type { Page } from './schema.ts'

/** A list that can be read by time of change. */
export interface ChangeList<T> {
  readonly path: string
  /** Filters and `with` besides the window of time; a function is asked for each page. */
  readonly query: Query | (() => Query)
  read(page: Page): Promise<readonly T[]>
}

export interface Changes<T> {
  readonly entities: readonly T[]
  /** Every change of all lists up to here has come. */
  readonly readUpTo: number
}

export interface ChangeReading {
  /** The CRM's clock; undefined: everything. */
  readonly since: number | undefined
  readonly now: () => number
  readonly urgency: Urgency
  readonly signal: AbortSignal
}

/** The Date header has whole seconds: what was written a moment ago must not lie beyond `to`. Callers overlap by more. */
const CLOCK_MARGIN_MS = 5_000
const LEAST_LOOK_BACK_MS = 60_000
/** A page the CRM cannot make in time is halved down to this (reference amocrm.md 2.2: leads are heavy). */
const LEAST_PAGE = 25

/**
 * Entities changed since then, least recently changed first. All lists are read side by side and the one that is
 * behind goes on, so that one instant tells how far everything was read and a stopped first fill goes on from it.
 */
export async function* changedEntities<T>(
  api: Api,
  lists: readonly ChangeList<T>[],
  reading: ChangeReading,
): AsyncGenerator<Changes<T>> {
  const { since, now, signal } = reading
  // What changes while we read gets a time after `to` and belongs to the next round.
  const to = now() + (api.skewMs() ?? (await readAccount(api, signal)).clockSkewMs) + CLOCK_MARGIN_MS
  // An instant in the CRM's future (its clock was set back) must not stop the index: the last minute is read all the same.
  const from = Math.min(since ?? 0, to - LEAST_LOOK_BACK_MS)
  const readers = lists.map((list) => ({ pages: changesOf(api, list, { from, to }, reading), readUpTo: from }))
  for (;;) {
    const [behind] = readers.toSorted((a, b) => a.readUpTo - b.readUpTo)
    if (!behind || behind.readUpTo >= to) return
    const page = await behind.pages.next()
    behind.readUpTo = page.done ? to : page.value.readUpTo
    const entities = page.done ? [] : page.value.entities
    yield { entities, readUpTo: Math.min(...readers.map((reader) => reader.readUpTo)) }
  }
}

interface Window {
  readonly from: number
  readonly to: number
}

/**
 * Page numbers shift when an entity that was already read changes and leaves the window, and whoever moves up into a read page would be
 * missed. So each next request begins at the last change seen instead of asking for page two; page numbers serve only while a
 * whole page has one and the same second (a mass update).
 */
export async function* changesOf<T>(
  api: Api,
  list: ChangeList<T>,
  { from, to }: Window,
  { urgency, signal }: Pick<ChangeReading, 'urgency' | 'signal'>,
): AsyncGenerator<Changes<T>> {
  let start = from
  let limit = PAGE_SIZE
  while (start <= to) {
    let moved = false
    const filters = typeof list.query === 'function' ? list.query() : list.query
    const query = [...filters, ...windowQuery(start, to), ['limit', limit] as const]
    try {
      for await (const page of api.pages(list.path, query, { signal, urgency })) {
        const entities = await list.read(page)
        const last = lastChange(page)
        const hasNext = page._links?.next !== undefined
        moved = hasNext && last !== undefined && last > start
        yield { entities, readUpTo: hasNext ? Math.max(start, last ?? start) : to }
        if (moved && last !== undefined) {
          start = last
          break
        }
      }
    } catch (error) {
      if (!(error instanceof CrmError) || !error.tooHeavy || limit <= LEAST_PAGE) throw error
      limit = Math.max(LEAST_PAGE, Math.floor(limit / 2))
      moved = true
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

function windowQuery(from: number, to: number): Query {
  return [
    ['filter[updated_at][from]', Math.floor(from / 1000)],
    ['filter[updated_at][to]', Math.floor(to / 1000)],
    ['order[updated_at]', 'asc'],
  ]
}
