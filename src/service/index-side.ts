import type Router from 'koa-router'
import type { Logger } from 'pino'
import type { Config } from '../config/schema.ts'
import {
  type ContactIndexStatus,
  type ContactIndexSync,
  createContactIndexSync,
} from '../contact-index/contact-index-sync.ts'
import { createFullPass, type PassState } from '../contact-index/full-pass.ts'
import { createLeadRefresh, type LeadIndexStatus, type LeadRefresh } from '../contact-index/lead-refresh.ts'
import { createNoticeInbox, type InboxStatus } from '../contact-index/notice-inbox.ts'
import { WEBHOOK_PATH, webhookRouter } from '../contact-index/router.ts'
import { createSubscription, type SubscriptionStatus } from '../contact-index/subscription.ts'
import { webhookSecret } from '../contact-index/webhook-secret.ts'
import type { Amocrm } from '../crm/amocrm/amocrm.ts'
import type { Store } from '../store/ports.ts'

export interface IndexSideDeps {
  readonly config: Pick<Config, 'crm' | 'numbers'>
  readonly store: Pick<Store, 'contactIndex' | 'leads' | 'settings'>
  readonly crm: Amocrm
  readonly now: () => number
  readonly log: Logger
  /** The CRM answers and takes the token. */
  readonly onRead: () => void
}

/** What we know of the CRM's clients and open leads, and everything that keeps it true. */
export interface IndexSide {
  readonly refresh: ContactIndexSync['refresh']
  readonly leads: Pick<LeadRefresh, 'refresh' | 'recent'>
  /** The door of the CRM's webhooks. */
  readonly router: Router
  /** What runs until the service ends. */
  readonly loops: readonly ((signal: AbortSignal) => Promise<void>)[]
  status(): Promise<IndexStatus>
}

export interface IndexStatus extends ContactIndexStatus {
  readonly leads: LeadIndexStatus
  /** The last pass over all clients and leads, or the one under way. */
  readonly fullPass: PassState | undefined
  readonly webhook: (SubscriptionStatus & InboxStatus) | { readonly state: 'not configured' }
}

/** A change that was told by nobody for so long says that webhooks are lost. */
const UNTOLD_MS = 120_000

export function createIndexSide({ config, store, crm, now, log, onRead }: IndexSideDeps): IndexSide {
  const { refreshSeconds: every, webhook } = config.crm
  const { publicUrl } = webhook
  const { country } = config.numbers
  const { contactIndex: index, leads: leadIndex, settings } = store
  const follow = createContactIndexSync({
    ...{ crm, index, settings, country, now, log, every, onRead },
    onChange: () => {
      const { lastAt } = inbox.status()
      if (subscription && now() - (lastAt ?? startedAt) > UNTOLD_MS) subscription.doubt()
    },
  })
  const leads = createLeadRefresh({ crm, leads: leadIndex, settings, now, log, every })
  const fullPass = createFullPass({ crm, index, leads: leadIndex, settings, country, now, log })
  const inbox = createNoticeInbox({
    ...{ crm, index, leads: leadIndex, country, now, log },
    readChanges: async (signal) => void (await Promise.all([follow.refresh(signal), leads.refresh(signal)])),
    deletionsLost: fullPass.hasten,
  })
  const startedAt = now()
  let secret: Promise<string> | undefined
  const ownSecret = () => (secret ??= webhookSecret(settings))
  const subscription =
    publicUrl !== undefined &&
    createSubscription({
      crm,
      address: async () => `${publicUrl.replace(/\/+$/, '')}${WEBHOOK_PATH}/${await ownSecret()}`,
      now,
      log,
    })

  return {
    refresh: follow.refresh,
    leads: { refresh: leads.refresh, recent: leads.recent },
    router: webhookRouter({ secret: ownSecret, inbox }),
    loops: [follow.run, leads.run, fullPass.run, inbox.run, ...(subscription ? [subscription.run] : [])],
    status: async () => ({
      ...(await follow.status()),
      leads: await leads.status(),
      fullPass: await fullPass.status(),
      webhook: subscription ? { ...subscription.status(), ...inbox.status() } : { state: 'not configured' },
    }),
  }
}
