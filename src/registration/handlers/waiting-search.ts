import { indexedClient } from '../../crm/indexed-client.ts'
import { indexedLead } from '../../crm/indexed-lead.ts'
import type { Crm } from '../../crm/port.ts'
import type { LeadIndex } from '../../store/crm-state-ports.ts'
import type { ContactIndex, IncomingNumber } from '../../store/ports.ts'
import type { CallPayload } from '../payloads.ts'
import { type FoundClient, knownClient } from './client-result.ts'
import type { HandlerDeps } from './handler-deps.ts'
import { outcomeOfFailedRead } from './outcomes.ts'
import type { PhoneBatch } from './phone-batch.ts'

export interface WaitingSearchDeps extends Pick<HandlerDeps, 'settings'> {
  readonly crm: Pick<Crm, 'stillIncoming' | 'clientsById' | 'leadsById'>
  readonly index: Pick<ContactIndex, 'lookup' | 'upsert' | 'incoming' | 'forgetIncoming'>
  readonly leads: Pick<LeadIndex, 'upsertLeads'>
}

/**
 * Settles numbers that were put among the incoming leads by an earlier call: while the lead waits, its hidden contact is the client; once it
 * was accepted, contact and lead are like any others; declined or merged ones are forgotten and stay open. Who is a client by another way
 * is left to the look-up.
 */
export async function searchWaiting<Payload extends CallPayload>(
  { crm, index, leads, settings }: WaitingSearchDeps,
  batch: PhoneBatch<Payload>,
  signal: AbortSignal,
): Promise<void> {
  const numbers: IncomingNumber[] = []
  const clients = new Set<string>()
  for (const [key] of batch.open()) {
    const number = await index.incoming(key)
    if (number) numbers.push(number)
    if (number && (await index.lookup(key)).length > 0) clients.add(key)
  }
  if (numbers.length === 0) return
  const strangers = numbers.filter(({ key }) => !clients.has(key))
  try {
    const uids = numbers.map(({ uid }) => uid)
    const still = await crm.stillIncoming(uids, signal)
    for (const number of strangers.filter(({ uid }) => still.has(uid))) {
      batch.settle(number.key, { kind: 'done', result: waitingContact(number) })
    }
    await settleSorted(numbers.filter(({ uid }) => !still.has(uid)))
  } catch (error) {
    batch.failed(error)
    for (const { key } of strangers) batch.settle(key, outcomeOfFailedRead(error))
  }

  /** Who was accepted is read by id: neither the CRM's search nor our look for changes may know contact and lead yet. */
  async function settleSorted(sorted: readonly IncomingNumber[]): Promise<void> {
    if (sorted.length === 0) return
    const refs = sorted.map(({ contact }) => ({ kind: 'contact', id: contact }) as const)
    const accepted = await crm.clientsById(refs, signal)
    const open = await crm.leadsById(
      sorted.map(({ lead }) => lead),
      signal,
    )
    const { country } = settings()
    await index.upsert(accepted.map((client) => indexedClient(client, country)))
    await leads.upsertLeads(open.map(indexedLead))
    for (const { key, uid, contact } of sorted) {
      await index.forgetIncoming(uid)
      const client = accepted.find(({ id }) => id === contact)
      if (client && !clients.has(key)) batch.settle(key, { kind: 'done', result: knownClient(client, 'look-up') })
    }
  }
}

function waitingContact({ contact, uid }: IncomingNumber): FoundClient {
  return { kind: 'contact', id: contact, owner: 0, how: 'incoming', incoming: uid }
}
