import type { Logger } from 'pino'
import type { Config } from '../config/schema.ts'
import type { ContactIndexSync } from '../contact-index/contact-index-sync.ts'
import { type Amocrm, createAmocrm } from '../crm/amocrm/amocrm.ts'
import type { TokenStatus } from '../crm/amocrm/token-source.ts'
import { createTransport, type Transport } from '../crm/amocrm/transport.ts'
import type { CrmRawRequests } from '../crm/raw-requests.ts'
import { createDeadLetters } from '../outbox/dead-letters.ts'
import { createOutbox, type Outbox, type OutboxStatus } from '../outbox/outbox.ts'
import { createPace } from '../outbox/pace.ts'
import { tidyUp } from '../outbox/tidy-up.ts'
import { callOfJob, decisionsOf } from '../registration/decisions-of.ts'
import { callHandlers } from '../registration/handlers/call-handlers.ts'
import type { HandlerDeps } from '../registration/handlers/handler-deps.ts'
import { rememberedFor } from '../registration/handlers/remembered-for.ts'
import { createTurns } from '../registration/turns.ts'
import type { Store } from '../store/ports.ts'
import { type ControlDesk, createControlDesk } from './control/control-desk.ts'
import { crmTokens, watchForCure } from './crm-tokens.ts'
import { createIndexSide, type IndexSide, type IndexStatus } from './index-side.ts'

export interface CrmSideDeps {
  readonly config: Config
  readonly store: Store
  readonly log: Logger
  readonly now: () => number
  readonly random: () => number
  /** What registration goes by: rules, scripts, recordings. */
  readonly registration: Pick<HandlerDeps, 'settings' | 'hooks' | 'recordingUrl'>
  /** The configuration as it stands in its file now: a new token is taken without a restart. */
  readonly reread?: () => Config
  /** How soon a new token or code in the configuration is noticed while one is needed, milliseconds. */
  readonly cureLookMs?: number
  /** How requests reach the CRM; default: over the network. */
  readonly transport?: Transport
}

/** Everything that speaks with the CRM: one pace for all of it, the index that follows it, the outbox that writes to it. */
export interface CrmSide {
  readonly sync: Pick<ContactIndexSync, 'run'> & { status(): Promise<IndexStatus> }
  /** The door of the CRM's webhooks. */
  readonly router: IndexSide['router']
  readonly crm: Amocrm
  /** One request of a customer's hook, at the hooks' share of the pace. */
  readonly askForHook: CrmRawRequests['ask']
  /** How we get into the CRM, and what a person must do when we do not. */
  readonly access: () => TokenStatus
  /** What administrators do by command. */
  readonly desk: ControlDesk
  readonly outbox: Pick<Outbox, 'run' | 'wake' | 'add'> & { status(): Promise<RegistrationStatus> }
}

export interface RegistrationStatus extends OutboxStatus {
  /** What the CRM would not take, the latest first. */
  readonly lastDead: readonly { readonly job: string; readonly kind: string; readonly reason: string | undefined }[]
}

/** So many dead letters are told on the status page. */
const DEAD_TOLD = 5
const CURE_LOOK_MS = 5_000
const DAY_MS = 86_400_000
/** Fewer are fuller: the pace lets no more requests leave for it. */
const BATCHES_AT_ONCE = 3
const ACCOUNT_REMEMBERED_MS = 3_600_000

export function createCrmSide(deps: CrmSideDeps): CrmSide {
  const { config, store, log, now, random, reread, registration, cureLookMs = CURE_LOOK_MS } = deps
  const { transport = createTransport() } = deps
  const { requestsPerSecond, inFlight } = config.crm
  const { country } = config.numbers
  const pace = createPace({ requestsPerSecond, inFlight })
  const source = config.rules.noteSource
  const tokens = crmTokens(config, { pace, transport, now, log, ...(reread && { reread }) })
  const crm = createAmocrm({ tokens, source, country, pace, now, log, transport })
  const index = store.contactIndex
  const indexSide = createIndexSide({ config, store, crm, now, log, onRead: () => void endPause() })
  const { refresh } = indexSide
  const { callbackTasks, lastTalks } = store
  const account = rememberedFor(ACCOUNT_REMEMBERED_MS, now, (_: undefined, signal) => crm.account(signal))
  const handlers = callHandlers({
    ...{ crm, index, callbackTasks, lastTalks, refresh, now, random, ...registration },
    leads: { ...leadIndex(store), ...indexSide.leads },
    jobs: store.outbox,
    tokenUser: async (signal) => (await account(undefined, signal)).currentUser,
    turns: createTurns(store.settings),
  })
  const outbox = createOutbox({
    store: store.outbox,
    settings: store.settings,
    handlers,
    pace,
    inFlight: Math.min(inFlight, BATCHES_AT_ONCE),
    now,
    random,
    log,
    onDone: (job, result) => {
      log.info({ job: job.key, kind: job.kind, result }, 'written to the CRM')
      void keepDecisions(job.key, result)
    },
    onDead: (job, reason) =>
      log.error(
        { trouble: 'dead-letter', job: job.key, kind: job.kind, reason },
        'the CRM will not take this; it waits for a person',
      ),
  })

  /** They stand in the job's result, too: should the disk refuse them now, nothing is lost. */
  async function keepDecisions(key: string, result: unknown): Promise<void> {
    const call = callOfJob(key)
    const decisions = decisionsOf(result)
    if (!call || decisions.length === 0) return
    try {
      await store.decisions.add(call.pbx, call.callId, decisions)
    } catch (error) {
      log.warn({ job: key, err: error }, 'the decisions about a call could not be kept beside it')
    }
  }

  /** Whoever can read may write again: a new token, a paid account need no patience. */
  async function endPause(): Promise<void> {
    try {
      if ((await outbox.status()).paused) await outbox.resume()
    } catch (error) {
      log.warn({ err: error }, 'the pause of the outbox could not be ended early')
    }
  }

  tokens.onRenewed(() => void endPause())
  const letters = createDeadLetters(store.outbox, now)
  const keepMs = config.crm.keepDays * DAY_MS
  const tidy = (end: AbortSignal) => tidyUp({ store: store.outbox, now, keepMs, log }, end)

  return {
    access: () => tokens.status(),
    desk: createControlDesk({ store: store.outbox, letters, tokens, wake: outbox.wake }),
    sync: {
      // Following the CRM waits behind every call; a refresh that a call waits for does not.
      run: (signal) =>
        pace.as('index', () => together(signal, ...indexSide.loops, (end) => watchForCure(tokens, cureLookMs, end))),
      status: indexSide.status,
    },
    crm,
    askForHook: (...request) => pace.as('hook', () => crm.ask(...request)),
    router: indexSide.router,
    outbox: {
      run: (signal) => together(signal, outbox.run, tidy),
      wake: outbox.wake,
      add: outbox.add,
      status: async () => {
        const dead = await store.outbox.dead(DEAD_TOLD)
        return {
          ...(await outbox.status()),
          lastDead: dead.map(({ key, kind, reason }) => ({ job: key, kind, reason })),
        }
      },
    },
  }
}

/** The lead index as its own object: methods of a store are not to be torn off by spreading. */
function leadIndex({
  leads,
}: Pick<Store, 'leads'>): Pick<HandlerDeps['leads'], 'openLeadsOf' | 'upsertLeads' | 'removeLead'> {
  return {
    openLeadsOf: (clients) => leads.openLeadsOf(clients),
    upsertLeads: (some) => leads.upsertLeads(some),
    removeLead: (id) => leads.removeLead(id),
  }
}

/** One that fails ends the other, so that the failure is seen at once. */
async function together(
  signal: AbortSignal,
  ...loops: readonly ((signal: AbortSignal) => Promise<void>)[]
): Promise<void> {
  const halt = new AbortController()
  const either = AbortSignal.any([signal, halt.signal])
  const runs = loops.map(async (loop) => {
    try {
      await loop(either)
    } finally {
      halt.abort()
    }
  })
  await Promise.all(runs)
}
