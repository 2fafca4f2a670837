import type { Logger } from 'pino'
import type { Config } from '../config/schema.ts'
import { type ContactIndexSync, createContactIndexSync } from '../contact-index/contact-index-sync.ts'
import { createAmocrm } from '../crm/amocrm/amocrm.ts'
import { createOutbox, type Outbox } from '../outbox/outbox.ts'
import { createPace } from '../outbox/pace.ts'
import { callNoteHandler } from '../registration/call-note-handler.ts'
import { clientHandler } from '../registration/client-handler.ts'
import { taskHandler } from '../registration/task-handler.ts'
import { unsortedHandler } from '../registration/unsorted-handler.ts'
import type { Store } from '../store/ports.ts'

export interface CrmSideDeps {
  readonly config: Config
  readonly store: Store
  readonly log: Logger
  readonly now: () => number
  readonly random: () => number
}

/** Everything that speaks with the CRM: one pace for all of it, the index that follows it, the outbox that writes to it. */
export interface CrmSide {
  readonly sync: ContactIndexSync
  readonly outbox: Outbox
}

export function createCrmSide({ config, store, log, now, random }: CrmSideDeps): CrmSide {
  const { url, token, requestsPerSecond, inFlight, refreshSeconds } = config.crm
  const { country } = config.numbers
  const pace = createPace({ requestsPerSecond, inFlight })
  const source = config.rules.noteSource
  const crm = createAmocrm({ account: url, token: token.reveal(), source, country, pace, now, log })
  const index = store.contactIndex
  const follow = createContactIndexSync({ crm, index, country, now, log, every: refreshSeconds })
  // Following the CRM waits behind every call; a refresh that a call waits for does not.
  const sync = { ...follow, run: (signal: AbortSignal) => pace.as('index', () => follow.run(signal)) }
  const handlers = [
    clientHandler({ crm, index, country, refresh: sync.refresh, now }),
    unsortedHandler({ crm, index, country, refresh: sync.refresh, now }),
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
  return { sync, outbox }
}
