import type { FillPage } from '../fill-port.ts'
import type { ClientPage, CrmClient } from '../port.ts'
import type { Api } from './api.ts'
import { type ChangeReading, changedEntities } from './changed-entities.ts'
import { type ClientKind, clientsOf } from './clients.ts'
import { plurals } from './entity-path.ts'
import { readAll, type WholeList, type WholeReading } from './read-all.ts'

/** Contacts and companies changed since then, least recently changed first, both kinds side by side. */
export async function* changedClients(api: Api, reading: ChangeReading): AsyncGenerator<ClientPage> {
  const lists = kinds.map((kind) => clientList(api, kind))
  for await (const { entities, readUpTo } of changedEntities(api, lists, reading)) yield { clients: entities, readUpTo }
}

/** All of them, several ranges of creation at once. */
export function allClients(api: Api, reading: WholeReading): AsyncGenerator<FillPage<CrmClient>> {
  return readAll(
    api,
    kinds.map((kind) => clientList(api, kind)),
    reading,
  )
}

const kinds = ['contact', 'company'] as const

function clientList(api: Api, kind: ClientKind): WholeList<CrmClient> {
  return { name: kind, path: `/api/v4/${plurals[kind]}`, query: [], read: async (page) => clientsOf(api, page, kind) }
}
