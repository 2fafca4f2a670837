import type { CrmClient } from './port.ts'

/** As the index has it; a client read live has no keys. */
type Candidate = Pick<CrmClient, 'kind'> & { readonly keys?: readonly string[] }

/**
 * Whose client it is when several share the number – for the route, the card and the note alike: those who have it in the caller's own country
 * before those whose last ten digits are the same, contacts before companies, then the oldest.
 * @param clients oldest first, as the index hands them out.
 * @param phone E.164
 */
export function chooseClient<Client extends Candidate>(clients: readonly Client[], phone = ''): Client | undefined {
  const likely = likeliest(clients, phone)
  return likely.find((client) => client.kind === 'contact') ?? likely[0]
}

function likeliest<Client extends Candidate>(clients: readonly Client[], phone: string): readonly Client[] {
  const exact = clients.filter(({ keys }) => keys?.includes(phone))
  if (exact.length > 0) return exact
  // Whoever has a number of another country with these ten digits is somebody else, unless nobody better is there.
  const last = phone.slice(-10)
  const fitting = clients.filter(({ keys }) => !keys?.some((key) => key.startsWith('+') && key.endsWith(last)))
  return phone !== '' && fitting.length > 0 ? fitting : clients
}
