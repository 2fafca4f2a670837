import { phoneKey } from '../../numbers/phone-number.ts'
import { clientKeys } from '../client-keys.ts'
import { CrmAnswerMalformed } from '../errors.ts'
import type { CrmClient, EntityRef } from '../port.ts'
import type { Api, Query, Urgency } from './api.ts'
import { onCrmClock } from './crm-clock.ts'
import { chunksOfIds, idsByKind, plurals } from './entity-path.ts'
import { Client, type Page } from './schema.ts'

/** The CRM's ceiling for a page. */
export const PAGE_SIZE = 250

export type ClientKind = CrmClient['kind']

/**
 * Contacts and companies with that number, contacts first, each oldest first. `query` finds the digits in any field of any contact,
 * so every hit is checked against its phone fields; it is asked for the last ten digits because stored spellings differ
 * (reference amocrm.md 3.2).
 */
export async function findClientsByPhone(
  api: Api,
  country: string,
  phone: string,
  signal: AbortSignal,
): Promise<readonly CrmClient[]> {
  const key = phoneKey(phone)
  if (key === undefined) return []
  const query: Query = [
    ['query', key],
    ['limit', PAGE_SIZE],
  ]
  const found = await Promise.all([list(api, 'contact', query, signal), list(api, 'company', query, signal)])
  return found.flatMap((clients) =>
    clients
      .filter((client) => clientKeys(client.phones, country).includes(key))
      .toSorted((a, b) => a.createdAt - b.createdAt || a.id - b.id),
  )
}

/** @param since our clock, epoch milliseconds */
export async function contactsCreatedSince(
  api: Api,
  since: number,
  signal: AbortSignal,
): Promise<readonly CrmClient[]> {
  const from = onCrmClock(api, since)
  const query: Query = [
    ['filter[created_at][from]', Math.floor(from / 1000)],
    ['order[id]', 'asc'],
    ['limit', PAGE_SIZE],
  ]
  const contacts = await list(api, 'contact', query, signal)
  // An unknown filter is ignored in silence: what comes back is checked.
  return contacts.filter((contact) => contact.createdAt >= from - 1000)
}

/**
 * These clients as they stand now; who is gone does not come.
 * @throws CrmAnswerMalformed when somebody comes who was not asked for: then the absence of the others means nothing
 */
export async function clientsById(
  api: Api,
  clients: readonly EntityRef[],
  urgency: Urgency,
  signal: AbortSignal,
): Promise<readonly CrmClient[]> {
  const found: CrmClient[] = []
  for (const [kind, ids] of idsByKind(clients)) {
    if (kind === 'lead') continue
    for (const chunk of chunksOfIds(ids)) {
      const query: Query = [...chunk.map((id) => ['filter[id][]', id] as const), ['limit', PAGE_SIZE]]
      found.push(...(await list(api, kind, query, signal, urgency)))
    }
  }
  const asked = new Set(clients.map(({ kind, id }) => `${kind} ${id}`))
  if (found.every(({ kind, id }) => asked.has(`${kind} ${id}`))) return found
  throw new CrmAnswerMalformed('the CRM ignores the filter by id')
}

async function list(
  api: Api,
  kind: ClientKind,
  query: Query,
  signal: AbortSignal,
  urgency: Urgency = 'live',
): Promise<readonly CrmClient[]> {
  const clients: CrmClient[] = []
  for await (const page of api.pages(`/api/v4/${plurals[kind]}`, query, { signal, urgency })) {
    clients.push(...clientsOf(api, page, kind))
  }
  return clients
}

/** Those in the trash or in unsorted are no clients yet. */
export function clientsOf(api: Api, page: Page, kind: ClientKind): readonly CrmClient[] {
  return api
    .entries(page, plurals[kind], Client)
    .flatMap(({ hidden, ...client }) => (hidden ? [] : [{ kind, ...client }]))
}
