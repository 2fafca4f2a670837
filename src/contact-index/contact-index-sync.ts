import { setTimeout as sleep } from 'node:timers/promises'
import { CrmError } from '../crm/errors.ts'
import type { Crm } from '../crm/port.ts'
import type { ContactIndex } from '../store/ports.ts'
import { sharedRun } from './shared-run.ts'
import { storeClients } from './store-clients.ts'

export interface ContactIndexSyncDeps {
  readonly crm: Pick<Crm, 'clientsChangedSince'>
  readonly index: ContactIndex
  /** Country of numbers written without a country code. */
  readonly country: string
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: ContactIndexLog
  /** Seconds between two looks for changes. */
  readonly every: number
  /** After each look that succeeded: the CRM answers and takes the token. */
  readonly onRead?: () => void
}

export interface ContactIndexLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface ContactIndexSync {
  /** First fill, then changes for ever; resolves when `signal` aborts. What the CRM refuses is waited out. */
  run(signal: AbortSignal): Promise<void>
  /**
   * Reads what changed in the CRM up to the moment of asking and resolves when the index has it: callers who ask while a delta runs
   * share the next one. `false`: the first fill is not complete, absence from the index means nothing.
   * @throws CrmError
   */
  refresh(signal: AbortSignal): Promise<boolean>
  status(): Promise<ContactIndexStatus>
}

export interface ContactIndexStatus {
  readonly complete: boolean
  readonly clients: number
  /** CRM time up to which changes were read, epoch milliseconds. */
  readonly cursor: number | undefined
  readonly lastError: { readonly at: number; readonly message: string } | undefined
}

/** Changes written in the same seconds as the last look, by servers whose clocks differ, must not slip through. */
const OVERLAP_MS = 120_000
const FIRST_FAILURE_REST_MS = 5_000
const LONGEST_FAILURE_REST_MS = 60_000

/** Keeps the local phone index true to the CRM. */
export function createContactIndexSync(deps: ContactIndexSyncDeps): ContactIndexSync {
  const { crm, index, country, now, log } = deps
  let lastError: ContactIndexStatus['lastError']
  let failures = 0
  const delta = sharedRun(readDelta)

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const rest = await round(signal)
      await sleep(rest, undefined, { signal }).catch(() => undefined)
    }
  }

  /** One look; answers with the milliseconds until the next. */
  async function round(signal: AbortSignal): Promise<number> {
    try {
      const { complete } = await index.progress()
      if (complete) await delta(signal)
      else await fill(signal)
      lastError = undefined
      failures = 0
      deps.onRead?.()
      return deps.every * 1000
    } catch (error) {
      if (signal.aborted) return 0
      lastError = { at: now(), message: error instanceof Error ? error.message : String(error) }
      log.warn({ err: error }, 'contact index cannot follow the CRM')
      failures += 1
      const rest = Math.min(FIRST_FAILURE_REST_MS * 2 ** (failures - 1), LONGEST_FAILURE_REST_MS)
      return (error instanceof CrmError ? error.restMs : undefined) ?? rest
    }
  }

  /** Goes on from where a stopped fill ended: pages come least recently changed first. */
  async function fill(signal: AbortSignal): Promise<void> {
    const { cursor } = await index.progress()
    log.info({ cursor }, 'contact index is being filled')
    await read(cursor, false, signal)
    log.info(await index.progress(), 'contact index is complete')
  }

  async function readDelta(signal: AbortSignal): Promise<void> {
    const { cursor } = await index.progress()
    await read(cursor === undefined ? undefined : cursor - OVERLAP_MS, true, signal)
  }

  /** A whole round. Within the first fill its progress is kept page by page. */
  async function read(since: number | undefined, complete: boolean, signal: AbortSignal): Promise<void> {
    let { cursor } = await index.progress()
    for await (const page of crm.clientsChangedSince(since, signal, complete ? 'live' : 'index')) {
      await storeClients(index, country, page.clients)
      cursor = page.readUpTo
      if (!complete) await index.saveProgress({ complete, cursor })
    }
    await index.saveProgress({ complete: true, cursor })
  }

  async function refresh(signal: AbortSignal): Promise<boolean> {
    const { complete } = await index.progress()
    if (complete) await delta(signal)
    return complete
  }

  async function status(): Promise<ContactIndexStatus> {
    const { complete, clients, cursor } = await index.progress()
    return { complete, clients, cursor, lastError }
  }

  return { run, refresh, status }
}
