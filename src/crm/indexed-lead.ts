import type { CrmLead } from './leads-port.ts'

/** A lead as the local index keeps it: the clients it is about. */
export function indexedLead({ clients, createdAt: _, ...lead }: CrmLead) {
  return {
    ...lead,
    clients: clients.flatMap(({ kind, id }) => (kind === 'lead' ? [] : [{ kind, id }])),
  }
}
