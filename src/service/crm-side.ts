import type { Logger } from 'pino'
import type { Config } from '../config/schema.ts'
import {
  type ContactIndexStatus,
  type ContactIndexSync,
  createContactIndexSync,
} from '../contact-index/contact-index-sync.ts'
import { createFullPass, type PassState } from '../contact-index/full-pass.ts'
import { createAmocrm } from '../crm/amocrm/amocrm.ts'
import { createOutbox, type Outbox, type OutboxStatus } from '../outbox/outbox.ts'
import { createPace } from '../outbox/pace.ts'
import { callNoteHandler } from '../registration/call-note-handler.ts'
import { clientHandler } from '../registration/client-handler.ts'
import { taskHandler } from '../registration/task-handler.ts'
import { unsortedHandler } from '../registration/unsorted-handler.ts'
import type { Store } from '../store/ports.ts'
import { crmTokens, watchForCure } from './crm-tokens.ts'

export interface CrmSideDeps {
  readonly config: Config
  readonly store: Store
  readonly log: Logger
  readonly now: () => number
  readonly random: () => number
  /** The configuration as it stands in its file now: a new token is taken without a restart. */
  readonly reread?: () => Config
}

/** Everything that speaks with the CRM: one pace for all of it, the index that follows it, the outbox that writes to it. */
export interface CrmSide {
  readonly sync: Pick<ContactIndexSync, 'run'> & { status(): Promise<IndexStatus> }
  readonly outbox: Pick<Outbox, 'run' | 'wake'> & { status(): Promise<RegistrationStatus> }
}

export interface IndexStatus extends ContactIndexStatus {
  /** The last pass over all clients, or the one under way. */
  readonly fullPass: PassState | undefined
}

export interface RegistrationStatus extends OutboxStatus {
  /** What the CRM would not take, the latest first. */
  readonly lastDead: readonly { readonly job: string; readonly kind: string; readonly reason: string | undefined }[]
}

/** So many dead letters are told on the status page. */
const DEAD_TOLD = 5

export function createCrmSide({ config, store, log, now, random, reread }: CrmSideDeps): CrmSide {
  const { requestsPerSecond, inFlight, refreshSeconds } = config.crm
  const { country } = config.numbers
  const pace = createPace({ requestsPerSecond, inFlight })
  const source = config.rules.noteSource
  const tokens = crmTokens(config, { pace, now, log, ...(reread && { reread }) })
  const crm = createAmocrm({ tokens, source, country, pace, now, log })
  const index = store.contactIndex
  const follow = createContactIndexSync({
    crm,
    index,
    country,
    now,
    log,
    every: refreshSeconds,
    onRead: () => void endPause(),
  })
  const { refresh } = follow
  const fullPass = createFullPass({ crm, index, settings: store.settings, country, now, log })
  const handlers = [
    clientHandler({ crm, index, country, refresh, now }),
    unsortedHandler({ crm, index, country, refresh, now }),
    callNoteHandler({ crm, index, now }),
    taskHandler({ crm, index, now }),
  ]
  const outbox = createOutbox({
    store: store.outbox,
    settings: store.settings,
    handlers,
    pace,
    inFlight,
    now,
    random,
    log,
    onDone: (job, result) => log.info({ job: job.key, kind: job.kind, result }, 'written to the CRM'),
    onDead: (job, reason) =>
      log.error({ job: job.key, kind: job.kind, reason }, 'the CRM will not take this; it waits for a person'),
  })

  /** Whoever can read may write again: a new token, a paid account need no patience. */
  async function endPause(): Promise<void> {
    try {
      if ((await outbox.status()).paused) await outbox.resume()
    } catch (error) {
      log.warn({ err: error }, 'the pause of the outbox could not be ended early')
    }
  }

  return {
    sync: {
      // Following the CRM waits behind every call; a refresh that a call waits for does not.
      run: (signal) =>
        pace.as('index', () => together(signal, follow.run, fullPass.run, (end) => watchForCure(tokens, end))),
      status: async () => ({ ...(await follow.status()), fullPass: await fullPass.status() }),
    },
    outbox: {
      run: outbox.run,
      wake: outbox.wake,
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
