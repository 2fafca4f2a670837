import { indexedLead } from '../crm/indexed-lead.ts'
import type { Crm, EntityRef } from '../crm/port.ts'
import type { LeadIndex } from '../store/crm-state-ports.ts'
import type { ContactIndex } from '../store/ports.ts'
import type { Mark } from './marks.ts'
import { type ClientShelf, storeClients } from './store-clients.ts'

export interface ReadMarkedDeps {
  readonly crm: Pick<Crm, 'clientsById' | 'leadsById'>
  readonly index: ClientShelf & Pick<ContactIndex, 'remove'>
  readonly leads: Pick<LeadIndex, 'upsertLeads' | 'removeLead'>
  /** Country of numbers written without a country code. */
  readonly country: string
}

/**
 * Brings marked entities into the index as they stand in the CRM now. Who was said to be deleted and does not come leaves it; who was only said to have
 * changed and does not come stays until the nightly pass: a token that may suddenly see less would empty the index hook by hook.
 * Answers with the ids of leads that are ordinary ones or gone: whichever waited among the incoming leads waits no longer.
 * @throws CrmError, StoreError
 */
export async function readMarked(
  { crm, index, leads, country }: ReadMarkedDeps,
  marks: readonly Mark[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const clients = marks.filter(({ entity }) => entity.kind !== 'lead')
  const leadMarks = marks.filter(({ entity }) => entity.kind === 'lead')
  if (clients.length > 0) {
    const found = await crm.clientsById(
      clients.map(({ entity }) => entity),
      signal,
      'index',
    )
    await storeClients(index, country, found)
    leadMarks.push(...(await leadsAccepted(index, found)))
    const gone = absent(clients, found)
    await Promise.all(gone.map(({ kind, id }) => (kind === 'lead' ? undefined : index.remove(kind, id))))
  }
  if (leadMarks.length === 0) return []
  const found = await crm.leadsById(
    leadMarks.map(({ entity }) => entity.id),
    signal,
    'index',
  )
  await leads.upsertLeads(found.map(indexedLead))
  const gone = absent(
    leadMarks,
    found.map(({ id }) => ({ kind: 'lead', id })),
  )
  await Promise.all(gone.map(({ id }) => leads.removeLead(id)))
  return [...found, ...gone].map(({ id }) => id)
}

/** A contact that waited among the incoming leads comes only when somebody has accepted it: its lead is an ordinary one as well. */
async function leadsAccepted(index: ClientShelf, found: readonly EntityRef[]): Promise<readonly Mark[]> {
  const contacts = new Set(found.flatMap(({ kind, id }) => (kind === 'contact' ? [id] : [])))
  const accepted = (await index.incomingNumbers()).filter(({ contact }) => contacts.has(contact))
  return accepted.map(({ lead }) => ({ entity: { kind: 'lead', id: lead }, deleted: false }))
}

/** Those said to be deleted who did not come. */
function absent(marks: readonly Mark[], found: readonly EntityRef[]): readonly EntityRef[] {
  const there = new Set(found.map(({ kind, id }) => `${kind} ${id}`))
  return marks
    .filter(({ entity, deleted }) => deleted && !there.has(`${entity.kind} ${entity.id}`))
    .map(({ entity }) => entity)
}
