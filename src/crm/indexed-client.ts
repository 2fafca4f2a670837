import { clientKeys } from './client-keys.ts'
import type { CrmClient } from './port.ts'

/** A client as the local index keeps it: its phones by key. */
export function indexedClient(client: CrmClient, country: string) {
  const { kind, id, name, owner, updatedAt } = client
  return { kind, id, name, owner, updatedAt, keys: clientKeys(client.phones, country) }
}
