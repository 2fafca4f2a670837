import { indexedClient } from '../crm/indexed-client.ts'
import type { CrmClient } from '../crm/port.ts'
import type { ContactIndex } from '../store/ports.ts'

export type ClientShelf = Pick<ContactIndex, 'upsert' | 'remove' | 'incomingNumbers' | 'forgetIncoming'>

/**
 * Writes clients as they stand in the CRM into the index; whoever has no number (any more) leaves it. A contact that waited among the incoming leads
 * comes only when somebody has accepted it; its number is still remembered as waiting, since its lead has not been read yet: whoever asks next
 * (a call, a webhook, the nightly pass) reads both.
 */
export async function storeClients(
  index: Pick<ContactIndex, 'upsert' | 'remove'>,
  country: string,
  clients: readonly CrmClient[],
): Promise<void> {
  if (clients.length === 0) return
  const indexed = clients.map((client) => indexedClient(client, country))
  const numberless = indexed.filter(({ keys }) => keys.length === 0)
  // Together, so that they share a commit: a company register may hold thousands without a number.
  await Promise.all([
    index.upsert(indexed.filter(({ keys }) => keys.length > 0)),
    ...numberless.map(({ kind, id }) => index.remove(kind, id)),
  ])
}
