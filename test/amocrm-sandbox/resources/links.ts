import { z } from 'zod'
import { authorId } from '../envelope/entity-schema.ts'
import { byTexts } from '../envelope/filters.ts'
import { selfLink, writeAnswer } from '../envelope/paging.ts'
import { type Flaw, parseItems } from '../envelope/validation.ts'
import { type EntityKey, type EntityType, entityTypes, singular } from '../state/entities.ts'
import type { World } from '../state/world.ts'
import { badRequest, hal, noContent, notFound, Refused } from '../transport/answer.ts'
import { textAt, valueAt } from '../transport/bracket-query.ts'
import { type ApiRequest, idParam, type Route } from '../transport/route-table.ts'

/** `links`, `link` and `unlink`, for one entity and for many (reference amocrm.md 3.5). */
export function linkRoutes(world: World): Route[] {
  return entityTypes.flatMap((type) => [...ofOne(world, type), ...ofMany(world, type)])
}

function linkWrite(world: World) {
  return {
    to_entity_id: z.int(),
    to_entity_type: z.enum(entityTypes),
    metadata: z.strictObject({ is_main: z.boolean().optional(), updated_by: authorId(world).optional() }).optional(),
  }
}

type LinkWrite = z.output<z.ZodObject<ReturnType<typeof linkWrite>>>

function ofOne(world: World, type: EntityType): Route[] {
  const schema = z.strictObject(linkWrite(world))
  const from = (request: ApiRequest): EntityKey => {
    const key = { type, id: idParam(request) }
    if (world.find(key) === undefined) throw new Refused(notFound)
    return key
  }
  return [
    {
      method: 'GET',
      pattern: `/api/v4/${type}/{id}/links`,
      handle: (request) => list(world, request, [{ type, id: idParam(request) }], false),
    },
    {
      method: 'POST',
      pattern: `/api/v4/${type}/{id}/link`,
      handle: (request) => {
        const key = from(request)
        const items = parseItems(request, schema, { check: (sent) => flaw(world, key, sent) })
        return link(
          world,
          request,
          items.map(({ value }) => ({ from: key, sent: value })),
        )
      },
    },
    {
      method: 'POST',
      pattern: `/api/v4/${type}/{id}/unlink`,
      handle: (request) => {
        const key = from(request)
        return unlink(
          world,
          request,
          parseItems(request, schema).map(({ value }) => ({ from: key, sent: value })),
        )
      },
    },
  ]
}

function ofMany(world: World, type: EntityType): Route[] {
  const schema = z.strictObject({ ...linkWrite(world), entity_id: z.int() })
  const pairs = (request: ApiRequest, check: boolean) =>
    parseItems(request, schema, {
      check: (sent) => (check ? flaw(world, { type, id: sent.entity_id }, sent) : undefined),
    }).map(({ value }) => ({ from: { type, id: value.entity_id }, sent: value }))
  return [
    {
      method: 'GET',
      pattern: `/api/v4/${type}/links`,
      handle: (request) => {
        if (valueAt(request.query, 'filter', 'entity_id') === undefined)
          throw badRequest('filter[entity_id] is missing')
        const wanted = byTexts<{ id: number }>(request.query, 'entity_id', ({ id }) => String(id))
        return list(world, request, [...world[type].values()].filter(wanted), true)
      },
    },
    {
      method: 'POST',
      pattern: `/api/v4/${type}/link`,
      handle: (request) => link(world, request, pairs(request, true)),
    },
    {
      method: 'POST',
      pattern: `/api/v4/${type}/unlink`,
      handle: (request) => unlink(world, request, pairs(request, false)),
    },
  ]
}

function flaw(world: World, from: EntityKey, sent: LinkWrite): Flaw | undefined {
  if (world.find(from) === undefined) return { code: 'NotSupportedChoice', path: 'entity_id' }
  if (sent.to_entity_type === from.type) return { code: 'NotSupportedChoice', path: 'to_entity_type' }
  const to = world.find({ type: sent.to_entity_type, id: sent.to_entity_id })
  return to === undefined ? { code: 'NotSupportedChoice', path: 'to_entity_id' } : undefined
}

type Pair = { readonly from: EntityKey; readonly sent: LinkWrite }

function link(world: World, request: ApiRequest, pairs: readonly Pair[]) {
  const echoed = pairs.map(({ from, sent }) => {
    const to = { type: sent.to_entity_type, id: sent.to_entity_id }
    world.links.add(from, to, sent.metadata?.is_main)
    touchBoth(world, request, from, to, 'entity_linked')
    return {
      entity_id: from.id,
      entity_type: from.type,
      to_entity_id: to.id,
      to_entity_type: to.type,
      metadata: sent.metadata ?? null,
    }
  })
  return writeAnswer(request, 'links', echoed)
}

function unlink(world: World, request: ApiRequest, pairs: readonly Pair[]) {
  for (const { from, sent } of pairs) {
    const to = { type: sent.to_entity_type, id: sent.to_entity_id }
    world.links.remove(from, to)
    touchBoth(world, request, from, to, 'entity_unlinked')
  }
  return noContent
}

/** A link moves `updated_at` of both ends (reference amocrm.md 12). */
function touchBoth(world: World, request: ApiRequest, from: EntityKey, to: EntityKey, event: string): void {
  for (const key of [from, to]) {
    const entity = world.find(key)
    if (entity !== undefined) world.touch(entity, request.user)
  }
  world.record({ type: event, entityType: singular[from.type], entityId: from.id, createdBy: request.user })
}

function list(world: World, request: ApiRequest, from: readonly EntityKey[], withSource: boolean) {
  const type = textAt(request.query, 'filter', 'to_entity_type')
  const id = textAt(request.query, 'filter', 'to_entity_id')
  const rows = from.flatMap((entity) =>
    world.links
      .of({ type: entity.type, id: entity.id })
      .filter(({ to }) => world.find(to) !== undefined && world.find(entity) !== undefined)
      .filter(({ to }) => (type === undefined || to.type === type) && (id === undefined || to.id === Number(id)))
      .map(({ to, main }) => ({
        ...(withSource ? { entity_id: entity.id, entity_type: entity.type } : {}),
        to_entity_id: to.id,
        to_entity_type: to.type,
        metadata: entity.type === 'leads' && to.type === 'contacts' ? { main_contact: main } : null,
      })),
  )
  if (rows.length === 0) return noContent
  return hal({ _total_items: rows.length, _links: selfLink(request, request.path), _embedded: { links: rows } })
}
