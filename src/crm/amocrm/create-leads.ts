import { CrmForbidden } from '../errors.ts'
import type { NewLead } from '../leads-port.ts'
import type { WriteOutcome } from '../port.ts'
import type { Api } from './api.ts'
import { PAGE_SIZE } from './clients.ts'
import type { FieldWriter } from './custom-fields.ts'
import { plurals } from './entity-path.ts'
import { preparedBatch } from './prepared-batch.ts'
import { Source } from './schema.ts'
import type { Item } from './slimmer-item.ts'
import { tagItems } from './tag-items.ts'
import { writeBatch } from './write-batch.ts'

/**
 * Leads on clients that are there. `/leads/complex` would make the client too, but its duplicate control is the account's setting, does not look inside
 * its own batch and takes fifty at once: the client is found and made by us, and linked here.
 */
export function createLeads(
  api: Api,
  fields: FieldWriter,
  leads: readonly NewLead[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  return preparedBatch(
    async () => {
      const sources = leads.some(({ source }) => source !== undefined) ? await readSources(api, signal) : new Map()
      return Promise.all(leads.map((lead) => leadItem(lead, sources, fields, signal)))
    },
    leads.length,
    (items) => writeBatch(api, { method: 'POST', path: '/api/v4/leads' }, 'leads', items, signal),
  )
}

async function leadItem(
  lead: NewLead,
  sources: ReadonlyMap<number, string>,
  fields: FieldWriter,
  signal: AbortSignal,
): Promise<Item> {
  const { client } = lead
  const custom = await fields.items('lead', lead.fields, signal)
  const source = lead.source === undefined ? undefined : sources.get(lead.source)
  const main = client.kind === 'contact' ? { is_main: true } : {}
  return {
    name: lead.name,
    created_at: Math.floor(lead.createdAt / 1000),
    ...(lead.pipeline !== undefined && { pipeline_id: lead.pipeline }),
    ...(lead.status !== undefined && { status_id: lead.status }),
    ...(lead.owner !== undefined && { responsible_user_id: lead.owner }),
    ...tagItems(lead.tags),
    ...(custom.length > 0 && { custom_fields_values: custom }),
    _embedded: {
      [plurals[client.kind]]: [{ id: client.id, ...main }],
      ...(source !== undefined && { source: { external_id: source, type: 'widget' } }),
    },
  }
}

/** A lead names its source by the id we gave it, not by amoCRM's (reference amocrm.md 13.1). */
async function readSources(api: Api, signal: AbortSignal): Promise<ReadonlyMap<number, string>> {
  const sources = new Map<number, string>()
  try {
    for await (const page of api.pages('/api/v4/sources', [['limit', PAGE_SIZE]], { signal })) {
      for (const { id, externalId } of api.entries(page, 'sources', Source)) sources.set(id, externalId)
    }
  } catch (error) {
    // Without the right to see sources the lead is made without one.
    if (!(error instanceof CrmForbidden)) throw error
  }
  return sources
}
