import type { CrmClient } from '../crm/port.ts'
import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import type { IndexedClient } from '../store/ports.ts'

/** A client as the index keeps it: every phone by its key, whatever way it was typed; what is no phone number is left out. */
export function indexedClient(client: CrmClient, country: string): IndexedClient {
  const keys = client.phones.flatMap((phone) => phoneKey(normalisePhone(phone, country)) ?? [])
  return {
    kind: client.kind,
    id: client.id,
    name: client.name,
    owner: client.owner,
    keys: [...new Set(keys)],
    updatedAt: client.updatedAt,
  }
}
