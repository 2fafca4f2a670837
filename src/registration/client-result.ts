import { z } from 'zod'
import type { CrmClient } from '../crm/port.ts'
import type { IndexedClient } from '../store/ports.ts'

/** Result of a `client` job: what the later jobs of its call build on. */
export const ClientResult = z.object({
  kind: z.enum(['contact', 'company']),
  id: z.number(),
  /** CRM user who owns the client; 0 when unknown. */
  owner: z.number(),
  /** How it was found; kept for people who ask why a call stands where it stands. */
  how: z.enum(['index', 'look-up', 'created', 'proven']),
})
export type ClientResult = z.infer<typeof ClientResult>

/**
 * Whose card the call belongs on when several share the number: contacts before companies, then the oldest.
 * @param clients oldest first, as the index hands them out.
 */
export function chooseClient<Client extends Pick<IndexedClient | CrmClient, 'kind' | 'id' | 'owner'>>(
  clients: readonly Client[],
): Client | undefined {
  return clients.find((client) => client.kind === 'contact') ?? clients[0]
}
