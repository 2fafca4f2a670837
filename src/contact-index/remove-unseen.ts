import type { Crm } from '../crm/port.ts'
import type { ContactIndex, IndexedClient } from '../store/ports.ts'
import { storeClients } from './store-clients.ts'

export interface RemovalDeps {
  readonly crm: Pick<Crm, 'clientsById'>
  readonly index: Pick<ContactIndex, 'progress' | 'upsert' | 'remove' | 'unseen'>
  /** Country of numbers written without a country code. */
  readonly country: string
}

export type Removal =
  | { readonly kind: 'removed'; readonly clients: number }
  /** So much cannot be believed: a token that may see nobody gets the same answers as one of an account without clients. */
  | { readonly kind: 'kept'; readonly why: 'nobody-read' | 'too-many' }

/** Clients asked for by id in one request. */
const CHUNK = 100
/** What a clean-up of the CRM on one day may take away from a small account. */
const BELIEVED = 100
const BELIEVED_SHARE = 0.1

/** How many of so many indexed clients may leave in one pass. */
export function mostLeaving(clients: number): number {
  return Math.max(BELIEVED, Math.floor(clients * BELIEVED_SHARE))
}

/**
 * Removes the clients a pass did not meet, all of them or none. Not having come is no proof: a page may have shifted, and whoever
 * changed while we read moved out of it. Each is asked for by id.
 * @param read how many clients the pass read; undefined: not known.
 * @throws CrmError
 */
export async function removeUnseen(
  { crm, index, country }: RemovalDeps,
  read: number | undefined,
  signal: AbortSignal,
): Promise<Removal> {
  const { clients } = await index.progress()
  if (read === 0 && clients > 0) return { kind: 'kept', why: 'nobody-read' }
  const most = mostLeaving(clients)
  const gone = new Map<string, IndexedClient>()
  for (;;) {
    const unseen = await index.unseen(most + 1)
    const unasked = unseen.filter((client) => !gone.has(nameOf(client)))
    if (unasked.length === 0) break
    for (let at = 0; at < unasked.length; at += CHUNK) {
      for (const client of await goneAmong(unasked.slice(at, at + CHUNK))) gone.set(nameOf(client), client)
      if (gone.size > most) return { kind: 'kept', why: 'too-many' }
    }
  }
  await Promise.all([...gone.values()].map(({ kind, id }) => index.remove(kind, id)))
  return { kind: 'removed', clients: gone.size }

  async function goneAmong(unseen: readonly IndexedClient[]): Promise<readonly IndexedClient[]> {
    const alive = await crm.clientsById(unseen, signal, 'index')
    await storeClients(index, country, alive)
    const there = new Set(alive.map(nameOf))
    return unseen.filter((client) => !there.has(nameOf(client)))
  }
}

function nameOf({ kind, id }: Pick<IndexedClient, 'kind' | 'id'>): string {
  return `${kind} ${id}`
}
