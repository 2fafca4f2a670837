import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { CrmError } from '../crm/errors.ts'
import { indexedLead } from '../crm/indexed-lead.ts'
import type { Crm } from '../crm/port.ts'
import type { LeadIndex } from '../store/crm-state-ports.ts'
import type { ContactIndex, Settings } from '../store/ports.ts'
import type { IndexLog } from './index-log.ts'
import { passIsDue } from './pass-is-due.ts'
import { type Removal, removeUnseen, type Shelf } from './remove-unseen.ts'
import { settleIncoming } from './settle-incoming.ts'
import { clientsShelf, leadsShelf } from './shelves.ts'
import { storeClients } from './store-clients.ts'

export interface FullPassDeps {
  readonly crm: Pick<Crm, 'clientsChangedSince' | 'clientsById' | 'allOpenLeads' | 'leadsById' | 'stillIncoming'>
  readonly index: ContactIndex
  readonly leads: LeadIndex
  /** Remembers how far a pass came over a restart. */
  readonly settings: Settings
  /** Country of numbers written without a country code. */
  readonly country: string
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: IndexLog & { error(fields: object, message: string): void }
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
 * Reads all clients and open leads of the CRM anew, now and then: what a look for changes cannot tell (deleted and merged ones just stop being
 * there) is put right by it. Numbers that wait among the incoming leads are asked for, too.
 */
export interface FullPass {
  /** A pass whenever one is due; resolves when `signal` aborts. One that was stopped goes on where it was. */
  run(signal: AbortSignal): Promise<void>
  /** The next look whether one is due says yes: deletions were told that could not be kept. */
  hasten(): void
  status(): Promise<PassState | undefined>
}

const Kept = z.enum(['nobody-read', 'too-many'])
const PassState = z.object({
  startedAt: z.number(),
  /** What is being read; clients come first. */
  reading: z.enum(['clients', 'leads']).optional(),
  /** CRM time up to which this pass has read clients; absent: from the beginning. */
  cursor: z.number().optional(),
  /** How far it has come with leads; absent: from the beginning. */
  leadPosition: z.string().optional(),
  finishedAt: z.number().optional(),
  /** Clients this pass has read. */
  read: z.number().optional(),
  /** Clients who had left the CRM. */
  removed: z.number().optional(),
  /** Why nobody was removed, though clients did not come: the token may not see them, or most of the account was deleted. */
  kept: Kept.optional(),
  leadsRead: z.number().optional(),
  leadsRemoved: z.number().optional(),
  leadsKept: Kept.optional(),
})
export type PassState = z.infer<typeof PassState>

const SETTING = 'contact-index.full-pass'

export function createFullPass(deps: FullPassDeps): FullPass {
  const { crm, index, leads, settings, country, now, log, pace = gentle } = deps
  let hastened = false

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
    if (!hastened && !passIsDue(state, now())) return
    hastened = false
    const begun = state.finishedAt === undefined ? state : await begin()
    const withClients = begun.reading === 'leads' ? begun : await clientPass(begun, signal)
    const { complete } = await leads.leadProgress()
    const whole = complete ? await leadPass(withClients, signal) : withClients
    const settled = await settleIncoming({ crm, index, leads, country }, await index.incomingNumbers(), signal)
    await save({ ...whole, finishedAt: now() })
    const { read, removed, leadsRead, leadsRemoved } = whole
    log.info({ read, removed, leadsRead, leadsRemoved, settled }, 'contacts and leads were read anew')
  }

  async function begin(): Promise<PassState> {
    await Promise.all([index.beginPass(), leads.beginLeadPass()])
    const state: PassState = { startedAt: now(), reading: 'clients', read: 0, leadsRead: 0 }
    await save(state)
    return state
  }

  async function clientPass(begun: PassState, signal: AbortSignal): Promise<PassState> {
    let state = begun
    log.info({ cursor: state.cursor }, 'all contacts are read anew')
    for await (const page of crm.clientsChangedSince(state.cursor, signal, 'index')) {
      await storeClients(index, country, page.clients)
      const read = state.read === undefined ? undefined : state.read + page.clients.length
      state = { ...state, cursor: page.readUpTo, read }
      await save(state)
      await sleep(pace.pageRestMs, undefined, { signal })
    }
    const { removed, kept } = await removal(clientsShelf({ crm, index, country }), state.read, signal)
    const done: PassState = { ...state, reading: 'leads', cursor: undefined, removed, kept }
    await save(done)
    return done
  }

  async function leadPass(begun: PassState, signal: AbortSignal): Promise<PassState> {
    let state = begun
    const from = { position: state.leadPosition, sideBySide: 1 }
    for await (const page of crm.allOpenLeads(from, signal)) {
      await leads.upsertLeads(page.entities.map(indexedLead))
      state = { ...state, leadPosition: page.position, leadsRead: (state.leadsRead ?? 0) + page.entities.length }
      await save(state)
      await sleep(pace.pageRestMs, undefined, { signal })
    }
    const { removed, kept } = await removal(leadsShelf({ crm, leads }), state.leadsRead, signal)
    return { ...state, reading: undefined, leadPosition: undefined, leadsRemoved: removed, leadsKept: kept }
  }

  async function removal<T>(shelf: Shelf<T>, read: number | undefined, signal: AbortSignal) {
    const told: Removal = await removeUnseen(shelf, read, signal)
    if (told.kind === 'removed') return { removed: told.count, kept: undefined }
    log.error(
      { why: told.why, read, indexed: await shelf.count() },
      'the CRM did not show clients or leads it had: all are kept; the token must belong to an administrator (callweave doctor tells)',
    )
    return { removed: 0, kept: told.why }
  }

  async function status(): Promise<PassState | undefined> {
    const text = await settings.get(SETTING)
    return text === undefined ? undefined : PassState.safeParse(JSON.parse(text)).data
  }

  async function save(state: PassState): Promise<void> {
    await settings.set(SETTING, JSON.stringify(state))
  }

  return {
    run,
    hasten: () => {
      hastened = true
    },
    status,
  }
}
