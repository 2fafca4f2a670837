import type { IncomingLead, NewIncomingLead, StoredIncomingLead, WriteOutcome } from '../port.ts'
import { readAccount } from './account.ts'
import type { Api, Query } from './api.ts'
import { PAGE_SIZE } from './clients.ts'
import { phoneFields } from './create-contacts.ts'
import type { FieldWriter } from './custom-fields.ts'
import { readPipelines } from './pipelines.ts'
import { preparedBatch } from './prepared-batch.ts'
import { StoredIncomingLead as Stored, WrittenIncomingLead } from './schema.ts'
import type { Item } from './slimmer-item.ts'
import { tagItems } from './tag-items.ts'
import { writeItems } from './write-batch.ts'

const LIST = '/api/v4/leads/unsorted'
/** Who made the entry; required by amoCRM. */
const SERVICE_CODE = 'callweave'
/** A uid takes up to a hundred characters of a query string that must stay below 8 KB. */
const UIDS_A_REQUEST = 50

/** Incoming leads («Неразобранное») of calls; the call note comes with them (reference amocrm.md 7.1). */
export function createIncomingLeads(
  api: Api,
  fields: FieldWriter,
  leads: readonly NewIncomingLead[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome<IncomingLead>[]> {
  const answer = { list: 'unsorted', schema: WrittenIncomingLead }
  return preparedBatch(
    () => Promise.all(leads.map((lead) => incomingLeadItem(lead, fields, signal))),
    leads.length,
    (items) => writeItems(api, { method: 'POST', path: `${LIST}/sip` }, answer, items, signal),
  )
}

/**
 * `phone` is the caller and `from` names the line: amoCRM's documents and clients disagree, this reading renders right in the list and in the
 * note (reference amocrm.md 7.1). The server does not copy `metadata.phone` into the contact, so the contact brings its own.
 */
async function incomingLeadItem(lead: NewIncomingLead, fields: FieldWriter, signal: AbortSignal): Promise<Item> {
  const ofLead = await fields.items('lead', lead.leadFields, signal)
  const ofContact = await fields.items('contact', lead.contactFields, signal)
  return {
    source_uid: lead.line,
    source_name: lead.lineName,
    ...(lead.pipeline !== undefined && { pipeline_id: lead.pipeline }),
    metadata: {
      phone: lead.phone,
      from: lead.lineName,
      called_at: Math.floor(lead.startedAt / 1000),
      duration: Math.round(lead.talkSeconds),
      // Required, empty when there is none.
      link: lead.recordingUrl ?? '',
      service_code: SERVICE_CODE,
      uniq: lead.uniq,
      is_call_event_needed: true,
      ...(lead.person !== undefined && { call_responsible: lead.person }),
    },
    _embedded: {
      leads: [{ name: lead.name, ...tagItems(lead.tags), ...(ofLead.length > 0 && { custom_fields_values: ofLead }) }],
      contacts: [{ name: lead.contactName ?? lead.name, custom_fields_values: phoneFields(lead.phone, ofContact) }],
    },
  }
}

/** Whether the account and the pipeline (undefined: the main one) have their stage of incoming leads. */
export async function takesIncomingLeads(
  api: Api,
  pipeline: number | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const { unsorted } = await readAccount(api, signal)
  if (!unsorted) return false
  const pipelines = await readPipelines(api, signal)
  const asked = pipelines.find(({ id, main }) => (pipeline === undefined ? main : id === pipeline))
  return asked?.unsorted ?? false
}

/** Those of these uids that nobody has accepted or declined yet. */
export async function stillIncoming(
  api: Api,
  uids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const waiting = new Set<string>()
  for (let at = 0; at < uids.length; at += UIDS_A_REQUEST) {
    const asked = uids.slice(at, at + UIDS_A_REQUEST)
    const query: Query = [...asked.map((uid) => ['filter[uid][]', uid] as const), ['limit', PAGE_SIZE]]
    for await (const page of api.pages(LIST, query, { signal })) {
      // An ignored filter brings everybody's: only what was asked for counts.
      for (const { uid } of api.entries(page, 'unsorted', Stored)) if (asked.includes(uid)) waiting.add(uid)
    }
  }
  return waiting
}

/**
 * Incoming leads of calls made since then that still wait, the latest first.
 * @param since our clock, epoch milliseconds
 */
export async function incomingLeadsSince(
  api: Api,
  since: number,
  signal: AbortSignal,
): Promise<readonly StoredIncomingLead[]> {
  const from = since + (api.skewMs() ?? 0) - 1000
  const query: Query = [
    ['filter[category][]', 'sip'],
    ['order[created_at]', 'desc'],
    ['limit', PAGE_SIZE],
  ]
  const found: StoredIncomingLead[] = []
  for await (const page of api.pages(LIST, query, { signal })) {
    const entries = api.entries(page, 'unsorted', Stored)
    found.push(...entries.filter(({ createdAt }) => createdAt >= from).map(({ createdAt: _, ...lead }) => lead))
    // There is no filter by time: the list is read until it grows old.
    if (entries.every(({ createdAt }) => createdAt < from)) break
  }
  return found
}
