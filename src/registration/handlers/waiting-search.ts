import { indexedClient } from '../../crm/indexed-client.ts'
import type { Crm } from '../../crm/port.ts'
import type { ContactIndex, IncomingNumber } from '../../store/ports.ts'
import type { CallPayload } from '../payloads.ts'
import { type FoundClient, knownClient } from './client-result.ts'
import type { HandlerDeps } from './handler-deps.ts'
import { outcomeOfFailedRead } from './outcomes.ts'
import type { PhoneBatch } from './phone-batch.ts'

export interface WaitingSearchDeps extends Pick<HandlerDeps, 'settings'> {
  readonly crm: Pick<Crm, 'stillIncoming' | 'clientsById'>
  readonly index: Pick<ContactIndex, 'lookup' | 'upsert' | 'incoming' | 'forgetIncoming'>
}

/**
 * Settles numbers that were put among the incoming leads by an earlier call: while the lead waits, its hidden contact is the client; once it
 * was accepted, the contact is one like any other; declined or merged ones are forgotten and stay open. Who is a client by another way
 * is left to the look-up.
 */
export async function searchWaiting<Payload extends CallPayload>(
  { crm, index, settings }: WaitingSearchDeps,
  batch: PhoneBatch<Payload>,
  signal: AbortSignal,
): Promise<void> {
  const numbers: IncomingNumber[] = []
  for (const [key] of batch.open()) {
    const known = (await index.lookup(key)).length > 0
    const number = known ? undefined : await index.incoming(key)
    if (number) numbers.push(number)
  }
  if (numbers.length === 0) return
  try {
    const uids = numbers.map(({ uid }) => uid)
    const still = await crm.stillIncoming(uids, signal)
    for (const number of numbers.filter(({ uid }) => still.has(uid))) {
      batch.settle(number.key, { kind: 'done', result: waitingContact(number) })
    }
    await settleSorted(numbers.filter(({ uid }) => !still.has(uid)))
  } catch (error) {
    batch.failed(error)
    for (const { key } of numbers) batch.settle(key, outcomeOfFailedRead(error))
  }

  /** Who was accepted is read by id: the CRM's search may not know the contact yet. */
  async function settleSorted(sorted: readonly IncomingNumber[]): Promise<void> {
    if (sorted.length === 0) return
    const refs = sorted.map(({ contact }) => ({ kind: 'contact', id: contact }) as const)
    const clients = await crm.clientsById(refs, signal)
    const { country } = settings()
    await index.upsert(clients.map((client) => indexedClient(client, country)))
    for (const { key, uid, contact } of sorted) {
      await index.forgetIncoming(uid)
      const client = clients.find(({ id }) => id === contact)
      if (client) batch.settle(key, { kind: 'done', result: knownClient(client, 'look-up') })
    }
  }
}

function waitingContact({ contact, uid }: IncomingNumber): FoundClient {
  return { kind: 'contact', id: contact, owner: 0, how: 'incoming', incoming: uid }
}
