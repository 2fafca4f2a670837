import { chooseClient } from '../crm/choose-client.ts'
import { indexedClient } from '../crm/indexed-client.ts'
import type { Crm, CrmClient } from '../crm/port.ts'
import type { Outcome } from '../outbox/job.ts'
import type { ContactIndex } from '../store/ports.ts'
import { type KnownClient, knownClient } from './client-result.ts'
import { outcomeOfFailedRead } from './outcomes.ts'
import type { PhoneBatch } from './phone-batch.ts'

export interface ClientSearchDeps {
  readonly crm: Pick<Crm, 'findClientsByPhone'>
  readonly index: Pick<ContactIndex, 'lookup' | 'upsert'>
  /** Country of numbers written without a country code. */
  readonly country: string
  /**
   * Brings the index up to everything that stood in the CRM when it was called; `false` while the first fill is under way, when
   * absence from the index means nothing. Callers who ask at the same time share one delta.
   */
  readonly refresh: (signal: AbortSignal) => Promise<boolean>
}

/**
 * Up to so many unknown numbers are also looked up live, in case the index missed a client; above it the delta alone is the proof,
 * else a rush of strangers would spend the account's whole pace on look-ups.
 */
const LIVE_LOOK_UPS = 10

/** Settles every number whose client can be found; those still open afterwards are certainly unknown (design section 5). */
export async function searchClients<Payload extends { readonly phone: string }>(
  { crm, index, country, refresh }: ClientSearchDeps,
  batch: PhoneBatch<Payload>,
  signal: AbortSignal,
): Promise<void> {
  await askIndex()
  if (batch.open().length === 0) return
  try {
    const complete = await refresh(signal)
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
    for (const [key] of batch.open()) {
      const client = chooseClient(await index.lookup(key))
      if (client) batch.settle(key, done(client, 'index'))
    }
  }

  async function lookUpLive(): Promise<void> {
    await Promise.all(
      batch.open().map(async ([key, job]) => {
        try {
          const client = chooseClient(await crm.findClientsByPhone(job.payload.phone, signal))
          if (!client) return
          await index.upsert([indexedClient(client, country)])
          batch.settle(key, done(client, 'look-up'))
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

function done(client: Pick<CrmClient, 'kind' | 'id' | 'owner'>, how: KnownClient['how']): Outcome {
  return { kind: 'done', result: knownClient(client, how) }
}
