import type { CrmClient } from './port.ts'

/**
 * Whose client it is when several share the number – for the route, the card and the note alike: contacts before companies, then
 * the oldest.
 * @param clients oldest first, as the index hands them out.
 */
export function chooseClient<Client extends Pick<CrmClient, 'kind'>>(clients: readonly Client[]): Client | undefined {
  return clients.find((client) => client.kind === 'contact') ?? clients[0]
}
