import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { CrmError } from '../crm/errors.ts'
import type { Crm } from '../crm/port.ts'
import type { ContactIndex, Settings } from '../store/ports.ts'
import type { ContactIndexLog } from './contact-index-sync.ts'
import { passIsDue } from './pass-is-due.ts'
import { removeUnseen } from './remove-unseen.ts'
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
  readonly log: ContactIndexLog & { error(fields: object, message: string): void }
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
  /** Clients this pass has read. */
  read: z.number().optional(),
  /** Clients who had left the CRM. */
  removed: z.number().optional(),
  /** Why nobody was removed, though clients did not come: the token may not see them, or most of the account was deleted. */
  kept: z.enum(['nobody-read', 'too-many']).optional(),
})
export type PassState = z.infer<typeof PassState>

const SETTING = 'contact-index.full-pass'

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
    const state = { startedAt: now(), read: 0 }
    await save(state)
    return state
  }

  async function pass({ startedAt, cursor, read }: PassState, signal: AbortSignal): Promise<void> {
    log.info({ cursor }, 'all contacts are read anew')
    let count = read
    for await (const page of crm.clientsChangedSince(cursor, signal, 'index')) {
      await storeClients(index, country, page.clients)
      if (count !== undefined) count += page.clients.length
      await save({ startedAt, cursor: page.readUpTo, read: count })
      await sleep(pace.pageRestMs, undefined, { signal })
    }
    const removal = await removeUnseen({ crm, index, country }, count, signal)
    const removed = removal.kind === 'removed' ? removal.clients : 0
    const kept = removal.kind === 'kept' ? removal.why : undefined
    await save({ startedAt, finishedAt: now(), read: count, removed, kept })
    if (kept === undefined) return log.info({ read: count, removed }, 'all contacts were read anew')
    const { clients } = await index.progress()
    log.error(
      { why: kept, read: count, clients },
      'the CRM did not show clients it had: all are kept; the token must belong to an administrator (callweave doctor tells)',
    )
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
