import { indexedLead } from '../crm/indexed-lead.ts'
import type { Crm } from '../crm/port.ts'
import type { LeadIndex } from '../store/crm-state-ports.ts'
import type { IncomingNumber } from '../store/ports.ts'
import { type ClientShelf, storeClients } from './store-clients.ts'

export interface IncomingDeps {
  readonly crm: Pick<Crm, 'stillIncoming' | 'clientsById' | 'leadsById'>
  readonly index: ClientShelf
  readonly leads: Pick<LeadIndex, 'upsertLeads'>
  /** Country of numbers written without a country code. */
  readonly country: string
}

/**
 * Asks the CRM which of these numbers still wait among its incoming leads. Contact and lead of an accepted one are like any others from now on; of one
 * that was declined or deleted nothing is left. Answers with how many wait no longer.
 * @throws CrmError, StoreError
 */
export async function settleIncoming(
  { crm, index, leads, country }: IncomingDeps,
  numbers: readonly IncomingNumber[],
  signal: AbortSignal,
): Promise<number> {
  if (numbers.length === 0) return 0
  const waiting = await crm.stillIncoming(
    numbers.map(({ uid }) => uid),
    signal,
  )
  const sorted = numbers.filter(({ uid }) => !waiting.has(uid))
  if (sorted.length === 0) return 0
  const contacts = sorted.map(({ contact }) => ({ kind: 'contact', id: contact }) as const)
  await storeClients(index, country, await crm.clientsById(contacts, signal, 'index'))
  const found = await crm.leadsById(
    sorted.map(({ lead }) => lead),
    signal,
    'index',
  )
  await leads.upsertLeads(found.map(indexedLead))
  // Last: until then a call finds the number among those that wait, and asks for itself.
  await Promise.all(sorted.map(({ uid }) => index.forgetIncoming(uid)))
  return sorted.length
}
