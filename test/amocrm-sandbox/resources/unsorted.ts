import { z } from 'zod'
import { userId } from '../envelope/entity-schema.ts'
import { byIds, byRange, byTexts, inOrder } from '../envelope/filters.ts'
import { listAnswer, selfLink } from '../envelope/paging.ts'
import { type Flaw, parseItems, parseObject } from '../envelope/validation.ts'
import type { EntityType, Unsorted } from '../state/entities.ts'
import { account, pipelines } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { badRequest, hal, noContent, notFound, Refused } from '../transport/answer.ts'
import type { ApiRequest, Route } from '../transport/route-table.ts'
import { createSip } from './create-unsorted.ts'
import { stageFlaw } from './lead-schema.ts'
import { type SipCreate, sipCreate } from './unsorted-schema.ts'

const root = '/api/v4/leads/unsorted'

/** Incoming leads of calls: create, read, accept, decline, summary (reference amocrm.md 7). They cannot be found by phone. */
export function unsortedRoutes(world: World): Route[] {
  const create = sipCreate(world)
  const waiting = (request: ApiRequest): Unsorted => {
    const entry = world.unsorted.get(request.params['uid'] ?? '')
    if (entry?.state !== 'waiting') throw new Refused(notFound)
    return entry
  }
  return [
    {
      method: 'POST',
      pattern: `${root}/sip`,
      handle: (request) => {
        const stored = parseItems(request, create, { check: leadFlaw }).map(({ value, requestId }) => {
          const entry = createSip(world, request, value)
          return { uid: entry.uid, account_id: account.id, request_id: requestId, ...linksOf(request, entry) }
        })
        return hal({ _total_items: stored.length, _embedded: { unsorted: stored } })
      },
    },
    { method: 'GET', pattern: root, handle: (request) => list(world, request) },
    { method: 'GET', pattern: `${root}/summary`, handle: (request) => summary(world, request) },
    {
      method: 'GET',
      pattern: `${root}/{uid}`,
      handle: (request) => {
        const entry = world.unsorted.get(request.params['uid'] ?? '')
        return entry?.state === 'waiting' ? hal(renderUnsorted(request, entry)) : noContent
      },
    },
    {
      method: 'POST',
      pattern: `${root}/{uid}/accept`,
      handle: (request) => accept(world, request, waiting(request)),
    },
    {
      method: 'DELETE',
      pattern: `${root}/{uid}/decline`,
      handle: (request) => decline(world, request, waiting(request)),
    },
    {
      method: 'POST',
      pattern: `${root}/{uid}/link`,
      handle: () => {
        throw badRequest('Only chats and mail')
      },
    },
  ]
}

/** The lead's stage is checked before anything of the batch is stored. */
function leadFlaw(sent: SipCreate): Flaw | undefined {
  const flaw = stageFlaw(sent._embedded?.leads?.[0] ?? {})
  return flaw === undefined ? undefined : { ...flaw, path: `_embedded.leads.0.${flaw.path}` }
}

function accept(world: World, request: ApiRequest, entry: Unsorted) {
  const ordinary = (id: number) =>
    pipelines.some(
      (pipeline) => pipeline.id === entry.pipeline && pipeline.statuses.some((s) => s.id === id && s.type === 0),
    )
  const schema = z.strictObject({ user_id: userId(world).optional(), status_id: z.int().refine(ordinary).optional() })
  const sent = request.body === '' ? {} : parseObject(request, schema)
  const first = pipelines.find(({ id }) => id === entry.pipeline)?.statuses.find(({ type }) => type === 0)
  entry.state = 'accepted'
  entry.sortedAt = world.seconds()
  const by = sent.user_id ?? request.user
  const lead = world.leads.get(entry.lead)
  if (lead !== undefined && first !== undefined) {
    lead.status = sent.status_id ?? first.id
    lead.responsibleUser = by
    world.touch(lead, by)
  }
  for (const id of entry.contacts) {
    const contact = world.contacts.get(id)
    if (contact === undefined) continue
    contact.unsorted = false
    contact.responsibleUser = by
    world.touch(contact, by)
  }
  return hal(sorted(request, entry))
}

function decline(world: World, request: ApiRequest, entry: Unsorted) {
  const schema = z.strictObject({ user_id: userId(world).optional() })
  const by = (request.body === '' ? {} : parseObject(request, schema)).user_id ?? request.user
  entry.state = 'declined'
  entry.sortedAt = world.seconds()
  const gone = [
    { type: 'leads', id: entry.lead } as const,
    ...entry.contacts.map((id) => ({ type: 'contacts', id }) as const),
  ]
  for (const key of gone) {
    const entity = world.find(key)
    if (entity === undefined) continue
    entity.deleted = true
    world.touch(entity, by)
  }
  return hal(sorted(request, entry))
}

function list(world: World, request: ApiRequest) {
  const { query } = request
  const tests = [
    byTexts<Unsorted>(query, 'uid', (entry) => entry.uid),
    byTexts<Unsorted>(query, 'category', () => 'sip'),
    byIds<Unsorted>(query, 'pipeline_id', (entry) => entry.pipeline),
  ]
  const rows = [...world.unsorted.values()]
    .filter((entry) => entry.state === 'waiting' && tests.every((test) => test(entry)))
    .map((entry) => ({ ...entry, id: entry.lead }))
  const ordered = inOrder(query, rows, {
    created_at: (entry) => entry.createdAt,
    updated_at: (entry) => entry.createdAt,
  })
  return listAnswer(request, 'unsorted', ordered, (entry) => renderUnsorted(request, entry))
}

function summary(world: World, request: ApiRequest) {
  const { query } = request
  const tests = [
    byTexts<Unsorted>(query, 'uid', (entry) => entry.uid),
    byIds<Unsorted>(query, 'pipeline_id', (entry) => entry.pipeline),
    byRange<Unsorted>(query, 'created_at', (entry) => entry.createdAt),
  ]
  const rows = [...world.unsorted.values()].filter((entry) => tests.every((test) => test(entry)))
  const times = rows.flatMap((entry) => (entry.sortedAt === undefined ? [] : [entry.sortedAt - entry.createdAt]))
  return hal({
    total: rows.length,
    accepted: rows.filter(({ state }) => state === 'accepted').length,
    declined: rows.filter(({ state }) => state === 'declined').length,
    average_sort_time: times.length === 0 ? 0 : Math.round(times.reduce((sum, time) => sum + time, 0) / times.length),
    categories: { sip: { total: rows.length }, mail: { total: 0 }, forms: { total: 0 }, chats: { total: 0 } },
    _links: selfLink(request, request.path),
  })
}

function sorted(request: ApiRequest, entry: Unsorted) {
  return {
    uid: entry.uid,
    pipeline_id: entry.pipeline,
    category: 'sip',
    created_at: entry.createdAt,
    ...linksOf(request, entry),
  }
}

function renderUnsorted(request: ApiRequest, entry: Unsorted) {
  return {
    uid: entry.uid,
    source_uid: entry.sourceUid,
    source_name: entry.sourceName,
    category: 'sip',
    pipeline_id: entry.pipeline,
    created_at: entry.createdAt,
    metadata: { uniq: null, call_responsible: null, ...entry.metadata },
    account_id: account.id,
    ...linksOf(request, entry),
  }
}

function linksOf(request: ApiRequest, entry: Unsorted) {
  const linked = (type: EntityType, ids: readonly number[]) =>
    ids.map((id) => ({ id, _links: selfLink(request, `/api/v4/${type}/${id}`) }))
  return {
    _links: selfLink(request, `${root}/${entry.uid}`),
    _embedded: {
      contacts: linked('contacts', entry.contacts),
      leads: linked('leads', [entry.lead]),
      companies: linked('companies', entry.companies),
    },
  }
}
