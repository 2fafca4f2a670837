import { indexedClient } from '../crm/indexed-client.ts'
import type { CrmClient } from '../crm/port.ts'
import type { ContactIndex } from '../store/ports.ts'

export type ClientShelf = Pick<ContactIndex, 'upsert' | 'remove' | 'incomingNumbers' | 'forgetIncoming'>

/**
 * Writes clients as they stand in the CRM into the index; whoever has no number (any more) leaves it. A contact that waited among the incoming leads
 * comes only when somebody has accepted it: its number waits no longer.
 */
export async function storeClients(index: ClientShelf, country: string, clients: readonly CrmClient[]): Promise<void> {
  if (clients.length === 0) return
  const indexed = clients.map((client) => indexedClient(client, country))
  const numberless = indexed.filter(({ keys }) => keys.length === 0)
  const contacts = new Set(clients.flatMap(({ kind, id }) => (kind === 'contact' ? [id] : [])))
  const accepted = (await index.incomingNumbers()).filter(({ contact }) => contacts.has(contact))
  // Together, so that they share a commit: a company register may hold thousands without a number.
  await Promise.all([
    index.upsert(indexed.filter(({ keys }) => keys.length > 0)),
    ...numberless.map(({ kind, id }) => index.remove(kind, id)),
    ...accepted.map(({ uid }) => index.forgetIncoming(uid)),
  ])
}
