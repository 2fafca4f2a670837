import { createHash } from 'node:crypto'
import type { Lead, Unsorted } from '../state/entities.ts'
import { insertNote } from '../state/insert.ts'
import { incomingStage } from '../state/sort-unsorted.ts'
import type { World } from '../state/world.ts'
import { badRequest } from '../transport/answer.ts'
import type { ApiRequest } from '../transport/route-table.ts'
import { createCompany } from './companies.ts'
import { createContact } from './contacts.ts'
import { createLead } from './leads.ts'
import type { FormsCreate, SipCreate, SipMetadata } from './unsorted-schema.ts'

/** Stores an incoming lead of a call: the lead stands in the incoming stage at once, the contact is hidden until somebody accepts. */
export function createSip(world: World, request: ApiRequest, sent: SipCreate): Unsorted {
  const entry = create(world, request, 'sip', sent)
  addCallNote(world, request, entry, sent.metadata)
  return entry
}

/** The same for a filled form: no call, no note. */
export function createForm(world: World, request: ApiRequest, sent: FormsCreate): Unsorted {
  return create(world, request, 'forms', sent)
}

function create(
  world: World,
  request: ApiRequest,
  category: Unsorted['category'],
  sent: SipCreate | FormsCreate,
): Unsorted {
  const stage = incomingStage(world, sent.pipeline_id)
  if (stage === undefined) throw badRequest('Incoming leads are off')
  const embedded = sent._embedded ?? {}
  const lead = createLead(world, request, embedded.leads?.[0] ?? {}, stage)
  const contacts = (embedded.contacts ?? []).map((contact) => createContact(world, request, contact, true).id)
  const companies = (embedded.companies ?? []).map((company) => createCompany(world, request, company).id)
  const leadKey = { type: 'leads', id: lead.id } as const
  for (const id of contacts) world.links.add(leadKey, { type: 'contacts', id }, true)
  for (const id of companies) world.links.add(leadKey, { type: 'companies', id })
  return keepUnsorted(world, lead, {
    category,
    sourceUid: sent.source_uid,
    sourceName: sent.source_name,
    createdAt: sent.created_at ?? world.seconds(),
    metadata: sent.metadata,
    contacts,
    companies,
  })
}

/** An entry about a lead that stands in the incoming stage; also of `/leads/complex` with metadata. */
export function keepUnsorted(
  world: World,
  lead: Lead,
  about: Pick<Unsorted, 'category' | 'sourceUid' | 'sourceName' | 'createdAt' | 'metadata' | 'contacts' | 'companies'>,
): Unsorted {
  // A wish of the writer, never read back (reference amocrm.md 7.1).
  const { is_call_event_needed: _wish, ...metadata } = about.metadata
  const entry: Unsorted = {
    ...about,
    metadata,
    uid: createHash('sha256').update(`unsorted ${lead.id}`).digest('hex'),
    pipeline: lead.pipeline,
    lead: lead.id,
    state: 'waiting',
    sortedAt: undefined,
    sortedBy: undefined,
  }
  world.unsorted.set(entry.uid, entry)
  world.changes.tell({ kind: 'unsorted-added', entry })
  return entry
}

/** The call goes to the lead's feed; amoCRM's client leaves `is_call_event_needed` true by default. */
export function addCallNote(world: World, request: ApiRequest, entry: Unsorted, metadata: SipMetadata): void {
  if (metadata.is_call_event_needed === false) return
  insertNote(world, {
    entity: { type: 'leads', id: entry.lead },
    noteType: 'call_in',
    params: {
      duration: metadata.duration,
      source: entry.sourceName,
      phone: String(metadata.phone),
      link: metadata.link,
      ...(metadata.uniq === undefined ? {} : { uniq: metadata.uniq }),
      ...(metadata.call_responsible === undefined ? {} : { call_responsible: metadata.call_responsible }),
    },
    responsibleUser: request.user,
    createdBy: typeof metadata.call_responsible === 'number' ? metadata.call_responsible : 0,
    createdAt: metadata.called_at,
    triggersAutomation: true,
    origin: 'unsorted',
  })
}
