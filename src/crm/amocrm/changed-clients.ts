import type { ClientPage, CrmClient } from '../port.ts'
import type { Api } from './api.ts'
import { type ChangeList, type ChangeReading, changedEntities } from './changed-entities.ts'
import { type ClientKind, clientsOf } from './clients.ts'
import { plurals } from './entity-path.ts'

/** Contacts and companies changed since then, least recently changed first, both kinds side by side. */
export async function* changedClients(api: Api, reading: ChangeReading): AsyncGenerator<ClientPage> {
  const lists = (['contact', 'company'] as const).map((kind) => clientList(api, kind))
  for await (const { entities, readUpTo } of changedEntities(api, lists, reading)) yield { clients: entities, readUpTo }
}

function clientList(api: Api, kind: ClientKind): ChangeList<CrmClient> {
  return { path: `/api/v4/${plurals[kind]}`, query: [], read: async (page) => clientsOf(api, page, kind) }
}
