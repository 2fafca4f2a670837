import { z } from 'zod'
import type { FillOptions, FillPage } from '../fill-port.ts'
import { readAccount } from './account.ts'
import type { Api, Query } from './api.ts'
import { type ChangeList, type Changes, changesOf } from './changed-entities.ts'
import { countEntities, creationQuantiles } from './count-entities.ts'
import { sideBySide } from './side-by-side.ts'
import { takeWindow, type Window, windowsOf } from './windows.ts'

/** A list that is read as a whole; `name` changes when its filters do, and a reading of other filters is not gone on with. */
export interface WholeList<T> extends ChangeList<T> {
  readonly name: string
  readonly query: Query
}

export interface WholeReading extends FillOptions {
  readonly now: () => number
  readonly signal: AbortSignal
}

/**
 * All entities of some lists, several windows of `created_at` at once: an entity stays in its window whatever happens to it. Within one, the least
 * recently changed come first, page after page from the last change seen, so that nobody is missed when others change or are deleted.
 */
export async function* readAll<T>(
  api: Api,
  lists: readonly WholeList<T>[],
  { position, sideBySide: abreast, now, signal }: WholeReading,
): AsyncGenerator<FillPage<T>> {
  const names = lists.map(({ name }) => name)
  const standing = readPosition(position, names) ?? (await begin(api, lists, abreast, now, signal))
  const { startedAt, about, windows } = standing
  const page = (entities: readonly T[]): FillPage<T> => ({
    entities,
    position: writePosition(standing),
    changesSince: startedAt * 1000,
    about,
  })
  yield page([])

  let over = false
  let stirred = Promise.withResolvers<void>()
  const stir = () => {
    stirred.resolve()
    stirred = Promise.withResolvers()
  }

  async function* reader(): AsyncGenerator<readonly T[], void, void> {
    while (windows.length > 0 && !over) {
      const window = takeWindow(windows, startedAt)
      if (window) yield* readWindow(window)
      else await stirred.promise
    }
  }

  async function* readWindow(window: Window): AsyncGenerator<readonly T[], void, void> {
    for await (const { entities, readUpTo } of pagesOf(window)) {
      const since = Math.floor(readUpTo / 1000)
      // Within one second of a mass change there is no place to go on from: a half would be read from its beginning.
      window.pages = since > window.since && since < startedAt ? window.pages + 1 : 0
      window.since = since
      stir()
      yield entities
    }
    windows.splice(windows.indexOf(window), 1)
    stir()
  }

  function pagesOf(window: Window): AsyncGenerator<Changes<T>> {
    const list = lists[window.list]
    if (list === undefined) throw new Error('a window of no list')
    // Asked for anew with every page: the window may have been halved meanwhile.
    const within: ChangeList<T> = { ...list, query: () => [...list.query, ...createdWithin(window)] }
    const reach = { from: window.since * 1000, to: startedAt * 1000 }
    return changesOf(api, within, reach, { urgency: 'index', signal })
  }

  const end = () => {
    over = true
    stir()
  }
  for await (const entities of sideBySide(Array.from({ length: abreast }, reader), end)) yield page(entities)
  yield page([])
}

function createdWithin({ from, to }: Window): Query {
  return [
    ...(from > 0 ? [['filter[created_at][from]', from] as const] : []),
    ...(to === undefined ? [] : [['filter[created_at][to]', to] as const]),
  ]
}

/** Parts of a list that is large enough for several readers. */
const LEAST_PART = 1_000

async function begin(
  api: Api,
  lists: readonly WholeList<unknown>[],
  abreast: number,
  now: () => number,
  signal: AbortSignal,
): Promise<Standing> {
  const startedAt = await crmSeconds(api, now, signal)
  const counts = await Promise.all(lists.map((list) => countEntities(api, list, signal)))
  const windows = await Promise.all(
    lists.map(async (list, at) => {
      const about = counts[at] ?? 0
      const parts = Math.min(abreast, Math.max(1, Math.round(about / LEAST_PART)))
      return windowsOf(at, await creationQuantiles(api, list, about, parts, signal))
    }),
  )
  const about = counts.reduce((sum, count) => sum + count, 0)
  return { names: lists.map(({ name }) => name), startedAt, about, windows: windows.flat() }
}

async function crmSeconds(api: Api, now: () => number, signal: AbortSignal): Promise<number> {
  return Math.floor((now() + (api.skewMs() ?? (await readAccount(api, signal)).clockSkewMs)) / 1000)
}

const Position = z.object({
  names: z.array(z.string()),
  startedAt: z.int(),
  about: z.int(),
  /** List, from, to (null: open), since. */
  windows: z.array(z.tuple([z.int(), z.int(), z.int().nullable(), z.int()])),
})

interface Standing {
  readonly names: readonly string[]
  readonly startedAt: number
  readonly about: number
  readonly windows: Window[]
}

function writePosition({ names, startedAt, about, windows }: Standing): string {
  return JSON.stringify({
    names,
    startedAt,
    about,
    windows: windows.map(({ list, from, to, since }) => [list, from, to ?? null, since]),
  })
}

function readPosition(position: string | undefined, names: readonly string[]): Standing | undefined {
  const read = Position.safeParse(parsed(position))
  if (!read.success || JSON.stringify(read.data.names) !== JSON.stringify(names)) return undefined
  const { startedAt, about, windows } = read.data
  return {
    names,
    startedAt,
    about,
    windows: windows.map(([list, from, to, since]) => ({
      ...{ list, from, to: to ?? undefined, since },
      pages: 0,
      taken: false,
    })),
  }
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
