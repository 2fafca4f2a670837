import { z } from 'zod'
import { mergeFields } from '../envelope/custom-field-values.ts'
import { tagsOf, type tagWrite } from '../envelope/entity-schema.ts'
import { always, byIds, byNumber, byRange, withs } from '../envelope/filters.ts'
import { parseItems, parseObject } from '../envelope/validation.ts'
import type { Lead } from '../state/entities.ts'
import { insertLead, isClosed } from '../state/insert.ts'
import { lossReasons } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { badRequest } from '../transport/answer.ts'
import { type PhpArray, textAt, valueAt } from '../transport/bracket-query.ts'
import type { ApiRequest, Route } from '../transport/route-table.ts'
import { listEntities, renderCommon, renderLinked, renderTags } from './entity-list.ts'
import { entityRoutes, isThere } from './entity-routes.ts'
import { leadCreate, leadPatch, stageFlaw, stageOf } from './lead-schema.ts'
import { applyCommon } from './update-entity.ts'

/** `/api/v4/leads` (reference amocrm.md 4.2). */
export function leadRoutes(world: World): Route[] {
  const create = leadCreate(world)
  const patchOne = z.strictObject({ ...leadPatch(world), id: z.int().optional() })
  const patchMany = z.strictObject({ ...leadPatch(world), id: z.int() })
  const render = (request: ApiRequest, lead: Lead) => renderLead(world, request, lead)

  return entityRoutes<Lead, z.output<typeof create>, z.output<typeof patchOne>>({
    type: 'leads',
    table: world.leads,
    list: (request) =>
      listEntities(world, request, world.leads, (lead) => render(request, lead), {
        tests: leadFilters(request.query),
        orderByCreation: true,
      }),
    render,
    parseNew: (request) => parseItems(request, create, { check: (sent) => stageFlaw(world, sent) }),
    create(request, sent) {
      const lead = createLead(world, request, sent)
      for (const { id } of sent._embedded?.contacts ?? [])
        world.links.add({ type: 'leads', id: lead.id }, { type: 'contacts', id }, true)
      for (const { id } of sent._embedded?.companies ?? [])
        world.links.add({ type: 'leads', id: lead.id }, { type: 'companies', id })
      return lead
    },
    parsePatches: (request) =>
      parseItems(request, patchMany, {
        check: (sent) => isThere(world.leads)(sent) ?? stageFlaw(world, sent, world.leads.get(sent.id)),
      }),
    parsePatch: (request, lead) => parseObject(request, patchOne, (sent) => stageFlaw(world, sent, lead)),
    update(request, lead, sent) {
      moveLead(world, request, lead, sent)
      lead.price = sent.price ?? lead.price
      applyCommon(world, request, lead, sent)
    },
    thin: () => ({}),
  })
}

export interface LeadWrite {
  readonly name?: string | undefined
  readonly price?: number | undefined
  readonly pipeline_id?: number | undefined
  readonly status_id?: number | undefined
  readonly loss_reason_id?: number | undefined
  readonly closed_at?: number | undefined
  readonly responsible_user_id?: number | undefined
  readonly created_by?: number | undefined
  readonly updated_by?: number | undefined
  readonly created_at?: number | undefined
  readonly custom_fields_values?: Lead['fields'] | undefined
  readonly tags_to_add?: readonly z.output<typeof tagWrite>[] | undefined
  readonly _embedded?:
    | {
        readonly tags?: readonly z.output<typeof tagWrite>[] | undefined
        readonly source?: { readonly external_id: string } | undefined
      }
    | undefined
}

/** Stores what a validated write describes; `stage` overrides where it goes (incoming leads). */
export function createLead(
  world: World,
  request: ApiRequest,
  sent: LeadWrite,
  stage?: { readonly pipeline: number; readonly status: number },
): Lead {
  const chosen = stageOf(world, sent)
  if ('code' in chosen) throw badRequest(`Invalid ${chosen.path}`)
  const source = world.sources.find(({ externalId }) => externalId === sent._embedded?.source?.external_id)
  return insertLead(world, {
    name: sent.name ?? '',
    price: sent.price ?? 0,
    pipeline: stage?.pipeline ?? chosen.pipeline.id,
    status: stage?.status ?? chosen.status.id,
    responsibleUser: sent.responsible_user_id ?? request.user,
    createdBy: sent.created_by ?? request.user,
    ...(sent.created_at === undefined ? {} : { createdAt: sent.created_at }),
    ...(sent.closed_at === undefined ? {} : { closedAt: sent.closed_at }),
    ...(sent.loss_reason_id === undefined ? {} : { lossReason: sent.loss_reason_id }),
    ...(source === undefined ? {} : { source: source.id }),
    fields: mergeFields([], sent.custom_fields_values ?? []),
    tags: tagsOf(world, [...(sent._embedded?.tags ?? []), ...(sent.tags_to_add ?? [])], []),
  })
}

function moveLead(world: World, request: ApiRequest, lead: Lead, sent: LeadWrite): void {
  const stage = stageOf(world, sent, lead)
  if ('code' in stage) return
  const before = { pipeline_id: lead.pipeline, id: lead.status }
  lead.pipeline = stage.pipeline.id
  lead.status = stage.status.id
  lead.closedAt = isClosed(lead.status) ? (sent.closed_at ?? lead.closedAt ?? world.seconds()) : null
  lead.lossReason = sent.loss_reason_id ?? (isClosed(lead.status) ? lead.lossReason : null)
  if (before.id === lead.status && before.pipeline_id === lead.pipeline) return
  world.changes.tell({ kind: 'status', entity: lead, oldStatus: before.id, oldPipeline: before.pipeline_id })
  world.record({
    type: 'lead_status_changed',
    entityType: 'lead',
    entityId: lead.id,
    createdBy: sent.updated_by ?? request.user,
    after: [{ lead_status: { id: lead.status, pipeline_id: lead.pipeline } }],
    before: [{ lead_status: before }],
  })
}

/** `statuses` come in pairs of pipeline and status: 142 and 143 exist in every pipeline. */
function leadFilters(query: PhpArray): ((lead: Lead) => boolean)[] {
  const statuses = valueAt(query, 'filter', 'statuses')
  const pairs =
    statuses === undefined || typeof statuses === 'string'
      ? undefined
      : [...statuses.keys()].map((index) => ({
          pipeline: textAt(query, 'filter', 'statuses', index, 'pipeline_id'),
          status: textAt(query, 'filter', 'statuses', index, 'status_id'),
        }))
  if (pairs?.some(({ pipeline, status }) => pipeline === undefined || status === undefined))
    throw badRequest('filter[statuses] needs pipeline_id and status_id')
  return [
    byIds(query, 'pipeline_id', (lead) => lead.pipeline),
    byRange(query, 'closed_at', (lead) => lead.closedAt),
    byNumber(query, 'price', (lead) => lead.price),
    pairs === undefined
      ? always
      : (lead) =>
          pairs.some(({ pipeline, status }) => Number(pipeline) === lead.pipeline && Number(status) === lead.status),
  ]
}

function renderLead(world: World, request: ApiRequest, lead: Lead) {
  const asked = withs(request.query)
  const mains = world.links.of({ type: 'leads', id: lead.id }, 'contacts')
  const contacts = renderLinked(world, request, lead, 'contacts').map((contact) => ({
    ...contact,
    is_main: mains.find(({ to }) => to.id === contact.id)?.main ?? false,
  }))
  return {
    id: lead.id,
    name: lead.name,
    price: lead.price,
    status_id: lead.status,
    pipeline_id: lead.pipeline,
    loss_reason_id: lead.lossReason,
    source_id: lead.source,
    closed_at: lead.closedAt,
    score: null,
    labor_cost: null,
    is_price_computed: false,
    ...renderCommon(world, request, lead),
    _embedded: {
      tags: renderTags(lead),
      companies: renderLinked(world, request, lead, 'companies'),
      ...(asked.has('contacts') ? { contacts } : {}),
      ...(asked.has('catalog_elements') ? { catalog_elements: [] } : {}),
      ...(asked.has('loss_reason') ? { loss_reason: lossReasons.filter(({ id }) => id === lead.lossReason) } : {}),
      ...(asked.has('source') ? { source: world.sources.filter(({ id }) => id === lead.source) } : {}),
    },
  }
}
