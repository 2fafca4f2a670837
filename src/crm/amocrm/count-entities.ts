import type { Api, Query } from './api.ts'
import type { Page } from './schema.ts'
import { Page as PageSchema } from './schema.ts'

/** A list with its filters. */
export interface CountedList {
  readonly path: string
  readonly query: Query
}

const FIRST = 256
const STEP = 4
/** Halvings between two steps: a factor of four is narrowed to one of 1.2. */
const NARROWINGS = 3
/** No account is larger; an account that answers every page with something must not be asked for ever. */
const MOST = 2 ** 24

/**
 * About how many entities a list has; lists have no totals (reference amocrm.md 0). Pages of one entity, which are cheap, are tried until one is
 * empty: some ten requests.
 */
export async function countEntities(api: Api, list: CountedList, signal: AbortSignal): Promise<number> {
  const reaches = async (place: number) => (await entityAt(api, list, place, signal)) !== undefined
  let low = 1
  let high = FIRST
  while (high < MOST && (await reaches(high))) {
    low = high
    high *= STEP
  }
  for (let n = 0; n < NARROWINGS && low >= FIRST; n++) {
    const middle = Math.sqrt(low * high)
    if (await reaches(middle)) low = middle
    else high = middle
  }
  return Math.round(Math.sqrt(low * high))
}

/**
 * When the entities were created that cut a list into parts of about the same size; fewer where it cannot be told.
 * @returns Unix seconds
 */
export async function creationQuantiles(
  api: Api,
  list: CountedList,
  about: number,
  parts: number,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const places = Array.from({ length: parts - 1 }, (_, at) => (about * (at + 1)) / parts)
  const entities = await Promise.all(places.map((place) => entityAt(api, list, place, signal)))
  return entities.flatMap((entity) => (hasCreation(entity) ? [entity.created_at] : []))
}

/** The entity at a place (from 1) of the list in the order of ids, which is that of creation but for imports. */
async function entityAt(api: Api, { path, query }: CountedList, place: number, signal: AbortSignal): Promise<unknown> {
  const asked: Query = [...query, ['order[id]', 'asc'], ['limit', 1], ['page', Math.max(1, Math.round(place))]]
  const page = PageSchema.safeParse(await api.get(path, asked, { signal, urgency: 'index' }))
  return page.success ? firstOf(page.data) : undefined
}

function firstOf({ _embedded }: Page): unknown {
  return Object.values(_embedded)[0]?.[0]
}

function hasCreation(entity: unknown): entity is { readonly created_at: number } {
  return (
    typeof entity === 'object' && entity !== null && 'created_at' in entity && typeof entity.created_at === 'number'
  )
}
