import { setTimeout as sleep } from 'node:timers/promises'
import { CrmError, CrmForbidden } from '../crm/errors.ts'
import type { CrmNotices } from '../crm/notices.ts'
import type { IndexLog } from './index-log.ts'

export interface SubscriptionDeps {
  readonly crm: Pick<CrmNotices, 'subscribe'>
  /** The whole address; its last part is a secret, so it is never logged. @throws StoreError */
  readonly address: () => Promise<string>
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: IndexLog
  readonly pace?: SubscriptionPace
}

export interface SubscriptionPace {
  /** The CRM switches a webhook off that failed too often, and tells nobody. */
  readonly everyMs: number
  readonly failureRestMs: number
}

/** The account's webhook that leads to us. */
export interface Subscription {
  /** Sets it up, and looks after it until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>
  /** Asks for a look now: changes came that nobody had told. */
  doubt(): void
  status(): SubscriptionStatus
}

export interface SubscriptionStatus {
  readonly state: 'set up' | 'not yet' | 'forbidden'
  readonly checkedAt: number | undefined
  readonly trouble: string | undefined
}

const HOUR_MS = 3_600_000
const usual: SubscriptionPace = { everyMs: 12 * HOUR_MS, failureRestMs: 300_000 }
/** Doubts come with each change while webhooks are lost. */
const LEAST_REST_MS = 600_000

export function createSubscription({ crm, address, now, log, pace = usual }: SubscriptionDeps): Subscription {
  let status: SubscriptionStatus = { state: 'not yet', checkedAt: undefined, trouble: undefined }
  let hurry = new AbortController()

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const rest = await look(signal)
      hurry = new AbortController()
      await sleep(rest, undefined, { signal: AbortSignal.any([signal, hurry.signal]) }).catch(() => undefined)
    }
  }

  async function look(signal: AbortSignal): Promise<number> {
    let url = ''
    try {
      url = await address()
      const found = await crm.subscribe(url, signal)
      if (found === 'subscribed') log.info({ to: new URL(url).origin }, 'the CRM tells changes from now on (webhook)')
      status = { state: 'set up', checkedAt: now(), trouble: undefined }
      return pace.everyMs
    } catch (error) {
      if (signal.aborted) return 0
      const trouble = wordsOf(error, url)
      if (trouble !== status.trouble) log.warn({ trouble }, 'the webhook could not be set up; changes are asked for')
      const forbidden = error instanceof CrmForbidden
      status = { state: forbidden ? 'forbidden' : 'not yet', checkedAt: now(), trouble }
      // Rights are given by people, not by asking.
      const rest = forbidden ? pace.everyMs : pace.failureRestMs
      return Math.max(rest, error instanceof CrmError ? (error.restMs ?? 0) : 0)
    }
  }

  return {
    run,
    doubt: () => {
      const { state, checkedAt = 0 } = status
      if (state === 'set up' && now() - checkedAt > LEAST_REST_MS) hurry.abort()
    },
    status: () => status,
  }
}

/** The CRM may repeat the address in what it complains of. */
function wordsOf(error: unknown, url: string): string {
  const words = error instanceof Error ? error.message : String(error)
  return url === '' ? words : words.replaceAll(url, '(its address)')
}
