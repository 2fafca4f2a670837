import { indexedLead } from '../crm/indexed-lead.ts'
import type { Crm } from '../crm/port.ts'
import type { IndexedLead, LeadIndex } from '../store/crm-state-ports.ts'
import type { ContactIndex, IndexedClient } from '../store/ports.ts'
import type { Shelf } from './remove-unseen.ts'
import { type ClientShelf, storeClients } from './store-clients.ts'

export interface ClientShelfDeps {
  readonly crm: Pick<Crm, 'clientsById'>
  readonly index: ClientShelf & Pick<ContactIndex, 'progress' | 'unseen'>
  /** Country of numbers written without a country code. */
  readonly country: string
}

export function clientsShelf({ crm, index, country }: ClientShelfDeps): Shelf<IndexedClient> {
  const nameOf = ({ kind, id }: Pick<IndexedClient, 'kind' | 'id'>) => `${kind} ${id}`
  return {
    count: async () => (await index.progress()).clients,
    unseen: (limit) => index.unseen(limit),
    remove: ({ kind, id }) => index.remove(kind, id),
    nameOf,
    async goneAmong(some, signal) {
      const alive = await crm.clientsById(some, signal, 'index')
      await storeClients(index, country, alive)
      const there = new Set(alive.map(nameOf))
      return some.filter((client) => !there.has(nameOf(client)))
    },
  }
}

export interface LeadShelfDeps {
  readonly crm: Pick<Crm, 'leadsById'>
  readonly leads: Pick<LeadIndex, 'leadProgress' | 'unseenLeads' | 'upsertLeads' | 'removeLead'>
}

export function leadsShelf({ crm, leads }: LeadShelfDeps): Shelf<IndexedLead> {
  return {
    count: async () => (await leads.leadProgress()).leads,
    unseen: (limit) => leads.unseenLeads(limit),
    remove: ({ id }) => leads.removeLead(id),
    nameOf: ({ id }) => String(id),
    async goneAmong(some, signal) {
      const ids = some.map(({ id }) => id)
      const alive = await crm.leadsById(ids, signal, 'index')
      // Whoever was closed leaves by being stored.
      await leads.upsertLeads(alive.map(indexedLead))
      const there = new Set(alive.map(({ id }) => id))
      return some.filter(({ id }) => !there.has(id))
    },
  }
}
