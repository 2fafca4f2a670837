import { CrmAnswerMalformed } from '../errors.ts'
import type { FillPage } from '../fill-port.ts'
import type { CrmLead, LeadPage } from '../leads-port.ts'
import type { Api, Query, Urgency } from './api.ts'
import { type ChangeList, type ChangeReading, changedEntities } from './changed-entities.ts'
import { PAGE_SIZE } from './clients.ts'
import { onCrmClock } from './crm-clock.ts'
import { chunksOfIds } from './entity-path.ts'
import type { Stages } from './pipelines.ts'
import { readAll, type WholeReading } from './read-all.ts'
import { Lead, type Page } from './schema.ts'

const LIST = '/api/v4/leads'
/** A lead tells its contacts only when asked (reference amocrm.md 4.2). */
const WITH_CONTACTS = ['with', 'contacts'] as const
/** A pair of pipeline and stage takes some hundred characters of a query string that must stay below 8 KB. */
const STAGES_A_REQUEST = 50

/**
 * Leads changed since then, closed ones too; with no `since` all open ones, asked for stage by stage: an old account has many times more closed ones.
 */
export async function* changedLeads(api: Api, stages: Stages, reading: ChangeReading): AsyncGenerator<LeadPage> {
  const read = (page: Page) => leadsOf(api, stages, page, reading.signal)
  const list = (query: Query): ChangeList<CrmLead> => ({ path: LIST, query: [WITH_CONTACTS, ...query], read })
  const lists = reading.since === undefined ? (await openStageQueries(stages, reading.signal)).map(list) : [list([])]
  for await (const { entities, readUpTo } of changedEntities(api, lists, reading)) {
    const leads = reading.since === undefined ? entities.filter(({ open }) => open) : entities
    yield { leads, readUpTo }
  }
}

/** All open ones, several ranges of creation at once. */
export async function* allOpenLeads(
  api: Api,
  stages: Stages,
  reading: WholeReading,
): AsyncGenerator<FillPage<CrmLead>> {
  const read = (page: Page) => leadsOf(api, stages, page, reading.signal)
  const queries = await openStageQueries(stages, reading.signal)
  const lists = queries.map((query) => ({
    name: `lead ${query.map(([, id]) => id).join(' ')}`,
    path: LIST,
    query: [WITH_CONTACTS, ...query],
    read,
  }))
  for await (const { entities, ...page } of readAll(api, lists, reading)) {
    yield { ...page, entities: entities.filter(({ open }) => open) }
  }
}

async function openStageQueries(stages: Stages, signal: AbortSignal): Promise<readonly Query[]> {
  const open = await stages.open(signal)
  const queries: Query[] = []
  for (let from = 0; from < open.length; from += STAGES_A_REQUEST) {
    const pairs = open.slice(from, from + STAGES_A_REQUEST)
    queries.push(
      pairs.flatMap(({ pipeline, status }, at) => [
        [`filter[statuses][${at}][pipeline_id]`, pipeline] as const,
        [`filter[statuses][${at}][status_id]`, status] as const,
      ]),
    )
  }
  return queries
}

/**
 * These leads as they stand now; who is gone does not come.
 * @throws CrmAnswerMalformed when one comes that was not asked for: then the absence of the others means nothing
 */
export async function leadsById(
  api: Api,
  stages: Stages,
  ids: readonly number[],
  urgency: Urgency,
  signal: AbortSignal,
): Promise<readonly CrmLead[]> {
  const asked = new Set(ids)
  const found: CrmLead[] = []
  for (const chunk of chunksOfIds([...asked])) {
    const filter = chunk.map((id) => ['filter[id][]', id] as const)
    found.push(...(await list(api, stages, filter, urgency, signal)))
  }
  if (found.every(({ id }) => asked.has(id))) return found
  throw new CrmAnswerMalformed('the CRM ignores the filter by id')
}

/** @param since our clock, epoch milliseconds */
export async function leadsCreatedSince(
  api: Api,
  stages: Stages,
  since: number,
  signal: AbortSignal,
): Promise<readonly CrmLead[]> {
  // Those we make are told to be as old as their calls, by our clock; all others have the CRM's.
  const from = Math.min(since, onCrmClock(api, since))
  const query: Query = [
    ['filter[created_at][from]', Math.floor(from / 1000)],
    ['order[id]', 'asc'],
  ]
  const leads = await list(api, stages, query, 'live', signal)
  // An unknown filter is ignored in silence: what comes back is checked.
  return leads.filter((lead) => lead.createdAt >= from - 1000)
}

async function list(
  api: Api,
  stages: Stages,
  query: Query,
  urgency: Urgency,
  signal: AbortSignal,
): Promise<readonly CrmLead[]> {
  const leads: CrmLead[] = []
  const whole: Query = [WITH_CONTACTS, ...query, ['limit', PAGE_SIZE]]
  for await (const page of api.pages(LIST, whole, { signal, urgency })) {
    leads.push(...(await leadsOf(api, stages, page, signal)))
  }
  return leads
}

/** Those in the trash or in unsorted are no leads of ours yet. */
async function leadsOf(api: Api, stages: Stages, page: Page, signal: AbortSignal): Promise<readonly CrmLead[]> {
  const leads: CrmLead[] = []
  for (const { deleted, contacts, companies, ...lead } of api.entries(page, 'leads', Lead)) {
    const kind = await stages.kindOf(lead.pipeline, lead.status, signal)
    if (deleted || kind === 'unsorted') continue
    const clients = [
      ...contacts.map((id) => ({ kind: 'contact', id }) as const),
      ...companies.map((id) => ({ kind: 'company', id }) as const),
    ]
    leads.push({ ...lead, open: kind === 'open', clients })
  }
  return leads
}
