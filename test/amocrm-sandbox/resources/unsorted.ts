import { z } from 'zod'
import { userId } from '../envelope/entity-schema.ts'
import { byIds, byRange, byTexts, inOrder } from '../envelope/filters.ts'
import { listAnswer, selfLink } from '../envelope/paging.ts'
import { type Flaw, parseItems, parseObject } from '../envelope/validation.ts'
import type { EntityType, Unsorted } from '../state/entities.ts'
import { account } from '../state/seed.ts'
import { acceptUnsorted, declineUnsorted } from '../state/sort-unsorted.ts'
import type { World } from '../state/world.ts'
import { badRequest, hal, noContent, notFound, Refused } from '../transport/answer.ts'
import type { ApiRequest, Route } from '../transport/route-table.ts'
import { createForm, createSip } from './create-unsorted.ts'
import { stageFlaw } from './lead-schema.ts'
import { type FormsCreate, formsCreate, type SipCreate, sipCreate } from './unsorted-schema.ts'

const root = '/api/v4/leads/unsorted'

/** Incoming leads of calls and forms: create, read, accept, decline, summary (reference amocrm.md 7). They cannot be found by phone. */
export function unsortedRoutes(world: World): Route[] {
  const sip = sipCreate(world)
  const forms = formsCreate(world)
  const check = (sent: SipCreate | FormsCreate) => leadFlaw(world, sent)
  const added = (request: ApiRequest, entries: readonly { readonly entry: Unsorted; readonly requestId: string }[]) =>
    hal({
      _total_items: entries.length,
      _embedded: {
        unsorted: entries.map(({ entry, requestId }) => ({
          uid: entry.uid,
          account_id: account.id,
          request_id: requestId,
          ...linksOf(request, entry),
        })),
      },
    })
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
        const items = parseItems(request, sip, { check })
        return added(
          request,
          items.map(({ value, requestId }) => ({ entry: createSip(world, request, value), requestId })),
        )
      },
    },
    {
      method: 'POST',
      pattern: `${root}/forms`,
      handle: (request) => {
        const items = parseItems(request, forms, { check })
        return added(
          request,
          items.map(({ value, requestId }) => ({ entry: createForm(world, request, value), requestId })),
        )
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
function leadFlaw(world: World, sent: SipCreate | FormsCreate): Flaw | undefined {
  const flaw = stageFlaw(world, sent._embedded?.leads?.[0] ?? {})
  return flaw === undefined ? undefined : { ...flaw, path: `_embedded.leads.0.${flaw.path}` }
}

function accept(world: World, request: ApiRequest, entry: Unsorted) {
  const ordinary = (id: number) =>
    world.pipelines.some(
      (pipeline) => pipeline.id === entry.pipeline && pipeline.statuses.some((s) => s.id === id && s.type === 0),
    )
  const schema = z.strictObject({ user_id: userId(world).optional(), status_id: z.int().refine(ordinary).optional() })
  const sent = request.body === '' ? {} : parseObject(request, schema)
  acceptUnsorted(world, entry, sent.user_id ?? request.user, sent.status_id)
  return hal(sorted(request, entry))
}

function decline(world: World, request: ApiRequest, entry: Unsorted) {
  const schema = z.strictObject({ user_id: userId(world).optional() })
  const sent = request.body === '' ? {} : parseObject(request, schema)
  declineUnsorted(world, entry, sent.user_id ?? request.user)
  return hal(sorted(request, entry))
}

function list(world: World, request: ApiRequest) {
  const { query } = request
  const tests = [
    byTexts<Unsorted>(query, 'uid', (entry) => entry.uid),
    byTexts<Unsorted>(query, 'category', (entry) => entry.category),
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
  const count = (category: string) => ({ total: rows.filter((entry) => entry.category === category).length })
  const times = rows.flatMap((entry) => (entry.sortedAt === undefined ? [] : [entry.sortedAt - entry.createdAt]))
  return hal({
    total: rows.length,
    accepted: rows.filter(({ state }) => state === 'accepted').length,
    declined: rows.filter(({ state }) => state === 'declined').length,
    average_sort_time: times.length === 0 ? 0 : Math.round(times.reduce((sum, time) => sum + time, 0) / times.length),
    categories: { sip: count('sip'), mail: count('mail'), forms: count('forms'), chats: count('chats') },
    _links: selfLink(request, request.path),
  })
}

function sorted(request: ApiRequest, entry: Unsorted) {
  return {
    uid: entry.uid,
    pipeline_id: entry.pipeline,
    category: entry.category,
    created_at: entry.createdAt,
    ...linksOf(request, entry),
  }
}

function renderUnsorted(request: ApiRequest, entry: Unsorted) {
  return {
    uid: entry.uid,
    source_uid: entry.sourceUid,
    source_name: entry.sourceName,
    category: entry.category,
    pipeline_id: entry.pipeline,
    created_at: entry.createdAt,
    metadata: entry.category === 'sip' ? { uniq: null, call_responsible: null, ...entry.metadata } : entry.metadata,
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
