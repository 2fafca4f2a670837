import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { CrmError } from '../crm/errors.ts'
import type { Crm } from '../crm/port.ts'
import type { ContactIndex, Settings } from '../store/ports.ts'
import type { ContactIndexLog } from './contact-index-sync.ts'
import { passIsDue } from './pass-is-due.ts'
import { storeClients } from './store-clients.ts'

export interface FullPassDeps {
  readonly crm: Pick<Crm, 'clientsChangedSince' | 'clientsById'>
  readonly index: Pick<ContactIndex, 'progress' | 'upsert' | 'remove' | 'beginPass' | 'unseen'>
  /** Remembers how far a pass came over a restart. */
  readonly settings: Settings
  /** Country of numbers written without a country code. */
  readonly country: string
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: ContactIndexLog
  readonly pace?: FullPassPace
}

export interface FullPassPace {
  /** How often it is asked whether a pass is due. */
  readonly pollMs: number
  /** Between two pages. */
  readonly pageRestMs: number
  /** After a failure, unless the CRM asks for longer. */
  readonly failureRestMs: number
}

/** Two hundred thousand clients take about a quarter of an hour; nobody waits for it. */
const gentle: FullPassPace = { pollMs: 60_000, pageRestMs: 1_000, failureRestMs: 60_000 }

/**
 * Reads all clients of the CRM anew, now and then: what a look for changes cannot tell (deleted and merged clients just stop being
 * there) is put right by it.
 */
export interface FullPass {
  /** A pass whenever one is due; resolves when `signal` aborts. One that was stopped goes on where it was. */
  run(signal: AbortSignal): Promise<void>
  status(): Promise<PassState | undefined>
}

const PassState = z.object({
  startedAt: z.number(),
  /** CRM time up to which this pass has read; absent: from the beginning. */
  cursor: z.number().optional(),
  finishedAt: z.number().optional(),
  /** Clients who had left the CRM. */
  removed: z.number().optional(),
})
export type PassState = z.infer<typeof PassState>

const SETTING = 'contact-index.full-pass'
/** Clients asked for by id in one request. */
const CHUNK = 100

export function createFullPass(deps: FullPassDeps): FullPass {
  const { crm, index, settings, country, now, log, pace = gentle } = deps

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const rest = await round(signal)
      await sleep(rest, undefined, { signal }).catch(() => undefined)
    }
  }

  /** Answers with the milliseconds until the next. */
  async function round(signal: AbortSignal): Promise<number> {
    try {
      const { complete } = await index.progress()
      if (complete) await passIfDue(signal)
      return pace.pollMs
    } catch (error) {
      if (signal.aborted) return 0
      log.warn({ err: error }, 'the full pass over the contacts is interrupted and goes on later')
      return (error instanceof CrmError ? error.restMs : undefined) ?? pace.failureRestMs
    }
  }

  async function passIfDue(signal: AbortSignal): Promise<void> {
    const state = await status()
    // The first fill read everything: it counts as a pass.
    if (state === undefined) return await save({ startedAt: now(), finishedAt: now() })
    if (passIsDue(state, now())) await pass(state.finishedAt === undefined ? state : await begin(), signal)
  }

  async function begin(): Promise<PassState> {
    await index.beginPass()
    const state = { startedAt: now() }
    await save(state)
    return state
  }

  async function pass({ startedAt, cursor }: PassState, signal: AbortSignal): Promise<void> {
    log.info({ cursor }, 'all contacts are read anew')
    for await (const page of crm.clientsChangedSince(cursor, signal, 'index')) {
      await storeClients(index, country, page.clients)
      await save({ startedAt, cursor: page.readUpTo })
      await sleep(pace.pageRestMs, undefined, { signal })
    }
    const removed = await removeUnseen(signal)
    await save({ startedAt, finishedAt: now(), removed })
    log.info({ removed }, 'all contacts were read anew')
  }

  /** Not having come is no proof: a page may have shifted, and whoever changed while we read moved out of it. Each is asked for by id. */
  async function removeUnseen(signal: AbortSignal): Promise<number> {
    let removed = 0
    for (;;) {
      const unseen = await index.unseen(CHUNK)
      if (unseen.length === 0) return removed
      const alive = await crm.clientsById(unseen, signal, 'index')
      await storeClients(index, country, alive)
      const gone = unseen.filter(({ kind, id }) => !alive.some((client) => client.kind === kind && client.id === id))
      await Promise.all(gone.map(({ kind, id }) => index.remove(kind, id)))
      removed += gone.length
    }
  }

  async function status(): Promise<PassState | undefined> {
    const text = await settings.get(SETTING)
    return text === undefined ? undefined : PassState.safeParse(JSON.parse(text)).data
  }

  async function save(state: PassState): Promise<void> {
    await settings.set(SETTING, JSON.stringify(state))
  }

  return { run, status }
}
