import type { Crm } from '../crm/port.ts'
import type { ContactIndex, Settings } from '../store/ports.ts'
import { createFirstFill, type FillProgress } from './first-fill.ts'
import type { IndexLog } from './index-log.ts'
import { createRounds, type RoundError } from './rounds.ts'
import { sharedRun } from './shared-run.ts'
import { storeClients } from './store-clients.ts'

export interface ContactIndexSyncDeps {
  readonly crm: Pick<Crm, 'clientsChangedSince' | 'allClients'>
  readonly index: ContactIndex
  /** How far the first fill came. */
  readonly settings: Settings
  /** Country of numbers written without a country code. */
  readonly country: string
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: IndexLog
  /** Seconds between two looks for changes. */
  readonly every: number
  /** Ranges of clients read at once by the first fill. */
  readonly sideBySide?: number
  /** After each look that succeeded: the CRM answers and takes the token. */
  readonly onRead?: () => void
  /** A look for changes brought somebody who changed since the look before. */
  readonly onChange?: () => void
}

export interface ContactIndexSync {
  /** First fill, then changes for ever; resolves when `signal` aborts. What the CRM refuses is waited out. */
  run(signal: AbortSignal): Promise<void>
  /**
   * Reads what changed in the CRM up to the moment of asking and resolves when the index has it: callers who ask while a delta runs
   * share the next one. `false`: the first fill is not complete, absence from the index means nothing.
   * @param asOf news up to then will do, epoch milliseconds
   * @throws CrmError
   */
  refresh(signal: AbortSignal, asOf?: number): Promise<boolean>
  status(): Promise<ContactIndexStatus>
}

export interface ContactIndexStatus {
  readonly complete: boolean
  readonly clients: number
  /** The first fill, while it is under way. */
  readonly fill: FillProgress | undefined
  /** CRM time up to which changes were read, epoch milliseconds. */
  readonly cursor: number | undefined
  readonly lastError: RoundError | undefined
}

/** Changes written in the same seconds as the last look, by servers whose clocks differ, must not slip through. */
const OVERLAP_MS = 120_000
/** As many as may be in flight: more would only hold what they have read. */
const SIDE_BY_SIDE = 6

/** Keeps the local phone index true to the CRM. */
export function createContactIndexSync(deps: ContactIndexSyncDeps): ContactIndexSync {
  const { crm, index, settings, country, now, log, every, sideBySide = SIDE_BY_SIDE } = deps
  const delta = sharedRun(readDelta, now)
  const fill = createFirstFill({
    what: 'contacts',
    pages: crm.allClients,
    keep: (clients) => storeClients(index, country, clients),
    settings,
    sideBySide,
    log,
  })
  const rounds = createRounds({
    work,
    everyMs: every * 1000,
    now,
    failed: (err) => log.warn({ err }, 'contact index cannot follow the CRM'),
  })

  async function work(signal: AbortSignal): Promise<void> {
    const { complete } = await index.progress()
    if (!complete) await index.saveProgress({ complete: true, cursor: await fill.run(signal) })
    await delta(signal)
    deps.onRead?.()
  }

  async function readDelta(signal: AbortSignal): Promise<void> {
    let { cursor } = await index.progress()
    const before = cursor ?? 0
    const since = cursor === undefined ? undefined : cursor - OVERLAP_MS
    for await (const page of crm.clientsChangedSince(since, signal, 'live')) {
      await storeClients(index, country, page.clients)
      if (page.clients.some(({ updatedAt }) => updatedAt > before)) deps.onChange?.()
      cursor = page.readUpTo
    }
    await index.saveProgress({ complete: true, cursor })
  }

  async function refresh(signal: AbortSignal, asOf?: number): Promise<boolean> {
    const { complete } = await index.progress()
    if (complete) await delta(signal, asOf)
    return complete
  }

  async function status(): Promise<ContactIndexStatus> {
    const { complete, clients, cursor } = await index.progress()
    return { complete, clients, fill: fill.progress(), cursor, lastError: rounds.lastError() }
  }

  return { run: rounds.run, refresh, status }
}
