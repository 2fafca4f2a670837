import { chooseClient } from '../../crm/choose-client.ts'
import { indexedClient } from '../../crm/indexed-client.ts'
import type { CrmClient } from '../../crm/port.ts'
import type { Outcome } from '../../outbox/job.ts'
import type { CallPayload } from '../payloads.ts'
import { type KnownClient, knownClient } from './client-result.ts'
import type { HandlerDeps } from './handler-deps.ts'
import { newsAsOf } from './news-as-of.ts'
import { outcomeOfFailedRead } from './outcomes.ts'
import type { PhoneBatch } from './phone-batch.ts'

export interface ClientSearchDeps extends Pick<HandlerDeps, 'refresh' | 'settings' | 'now'> {
  readonly crm: Pick<HandlerDeps['crm'], 'findClientsByPhone'>
  readonly index: Pick<HandlerDeps['index'], 'lookup' | 'upsert'>
}

/**
 * Up to so many unknown numbers are also looked up live, in case the index missed a client; above it the delta alone is the proof,
 * else a rush of strangers would spend the account's whole pace on look-ups.
 */
const LIVE_LOOK_UPS = 10

/** Settles every number whose client can be found; those still open afterwards are certainly unknown (design section 5). */
export async function searchClients<Payload extends CallPayload>(
  { crm, index, settings, refresh, now }: ClientSearchDeps,
  batch: PhoneBatch<Payload>,
  signal: AbortSignal,
): Promise<void> {
  await askIndex()
  const strangers = batch.open().map(([, job]) => job)
  if (strangers.length === 0) return
  try {
    const complete = await refresh(signal, newsAsOf(strangers, now()))
    if (complete) await askIndex()
    const unknown = batch.open()
    if (!complete && unknown.length > LIVE_LOOK_UPS) {
      // Every number needs a look-up of its own: the batch would take longer than it may.
      batch.tooHeavy()
      for (const [key] of unknown.slice(LIVE_LOOK_UPS)) batch.settle(key, waitsItsTurn)
    }
    if (!complete || unknown.length <= LIVE_LOOK_UPS) await lookUpLive()
  } catch (error) {
    batch.failed(error)
    for (const [key] of batch.open()) batch.settle(key, outcomeOfFailedRead(error))
  }

  async function askIndex(): Promise<void> {
    for (const [key, job] of batch.open()) {
      const clients = await index.lookup(key)
      const client = chooseClient(clients, job.payload.call.phone)
      if (client) batch.settle(key, done(client, 'index', clients))
    }
  }

  async function lookUpLive(): Promise<void> {
    await Promise.all(
      batch.open().map(async ([key, job]) => {
        try {
          const clients = await crm.findClientsByPhone(job.payload.call.phone, signal)
          const client = chooseClient(clients)
          if (!client) return
          const { country } = settings()
          await index.upsert(clients.map((each) => indexedClient(each, country)))
          batch.settle(key, done(client, 'look-up', clients))
        } catch (error) {
          batch.failed(error)
          batch.settle(key, outcomeOfFailedRead(error))
        }
      }),
    )
  }
}

const waitsItsTurn: Outcome = {
  kind: 'retry',
  reason: 'the contact index is being filled; numbers are looked up in turn',
}

type Found = Pick<CrmClient, 'kind' | 'id' | 'owner'>

function done(client: Found, how: KnownClient['how'], clients: readonly Found[]): Outcome {
  return { kind: 'done', result: knownClient(client, how, clients) }
}
