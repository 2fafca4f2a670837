import { createHash } from 'node:crypto'
import type { Unsorted } from '../state/entities.ts'
import { insertNote } from '../state/insert.ts'
import { pipelines } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { badRequest } from '../transport/answer.ts'
import type { ApiRequest } from '../transport/route-table.ts'
import { createCompany } from './companies.ts'
import { createContact } from './contacts.ts'
import { createLead } from './leads.ts'
import type { SipCreate } from './unsorted-schema.ts'

/** Stores an incoming lead of a call: the lead stands in the incoming stage at once, the contact is hidden until somebody accepts. */
export function createSip(world: World, request: ApiRequest, sent: SipCreate): Unsorted {
  const pipeline = pipelines.find(({ id, main }) => (sent.pipeline_id === undefined ? main : id === sent.pipeline_id))
  const incoming = pipeline?.statuses.find(({ type }) => type === 1)
  if (pipeline === undefined || incoming === undefined) throw badRequest('Incoming leads are off in this pipeline')
  const embedded = sent._embedded ?? {}
  const lead = createLead(world, request, embedded.leads?.[0] ?? {}, { pipeline: pipeline.id, status: incoming.id })
  const contacts = (embedded.contacts ?? []).map((contact) => createContact(world, request, contact, true).id)
  const companies = (embedded.companies ?? []).map((company) => createCompany(world, request, company).id)
  const leadKey = { type: 'leads', id: lead.id } as const
  for (const id of contacts) world.links.add(leadKey, { type: 'contacts', id }, true)
  for (const id of companies) world.links.add(leadKey, { type: 'companies', id })
  const { is_call_event_needed: needsNote = true, ...metadata } = sent.metadata
  const entry: Unsorted = {
    uid: uidOf(lead.id),
    sourceUid: sent.source_uid,
    sourceName: sent.source_name,
    pipeline: pipeline.id,
    createdAt: sent.created_at ?? world.seconds(),
    metadata,
    lead: lead.id,
    contacts,
    companies,
    state: 'waiting',
    sortedAt: undefined,
  }
  world.unsorted.set(entry.uid, entry)
  if (needsNote) addCallNote(world, request, entry, sent)
  return entry
}

/** The call goes to the lead's feed; amoCRM's client leaves `is_call_event_needed` true by default. */
function addCallNote(
  world: World,
  request: ApiRequest,
  entry: Unsorted,
  { metadata, source_name: source }: SipCreate,
): void {
  insertNote(world, {
    entity: { type: 'leads', id: entry.lead },
    noteType: 'call_in',
    params: {
      duration: metadata.duration,
      source,
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

function uidOf(lead: number): string {
  return createHash('sha256').update(`unsorted ${lead}`).digest('hex')
}
