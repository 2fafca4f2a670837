import { selfLink, writeAnswer } from '../envelope/paging.ts'
import type { Flaw, Item } from '../envelope/validation.ts'
import type { Entity } from '../state/entities.ts'
import { type Answer, hal, noContent, notFound, Refused } from '../transport/answer.ts'
import { type ApiRequest, idParam, type Route } from '../transport/route-table.ts'

/** What contacts, companies and leads differ in; `New` and `Patch` are validated items. */
export interface EntityResource<E extends Entity, New, Patch> {
  readonly type: E['type']
  readonly table: ReadonlyMap<number, E>
  list(request: ApiRequest): Answer
  render(request: ApiRequest, entity: E): unknown
  parseNew(request: ApiRequest): readonly Item<New>[]
  create(request: ApiRequest, sent: New): E
  /** The items' entities were checked to be there. */
  parsePatches(request: ApiRequest): readonly Item<Patch & { readonly id: number }>[]
  parsePatch(request: ApiRequest, entity: E): Patch
  update(request: ApiRequest, entity: E, sent: Patch): void
  /** Keys a thin answer has besides id, request_id and _links. */
  thin(entity: E): Readonly<Record<string, unknown>>
}

/** Listing, one, create and both kinds of PATCH; writes answer thin, and all parsing comes before the first change. */
export function entityRoutes<E extends Entity, New, Patch>(resource: EntityResource<E, New, Patch>): Route[] {
  const { type, table } = resource
  const collection = `/api/v4/${type}`
  const one = `${collection}/{id}`
  const thin = (request: ApiRequest, entity: E, requestId: string) => ({
    id: entity.id,
    ...resource.thin(entity),
    request_id: requestId,
    _links: selfLink(request, `${collection}/${entity.id}`),
  })

  return [
    { method: 'GET', pattern: collection, handle: resource.list },
    {
      method: 'GET',
      pattern: one,
      handle: (request) => {
        const entity = table.get(idParam(request))
        return entity === undefined || entity.deleted ? noContent : hal(resource.render(request, entity))
      },
    },
    {
      method: 'POST',
      pattern: collection,
      handle: (request) => {
        const items = resource.parseNew(request)
        const stored = items.map(({ value, requestId }) => thin(request, resource.create(request, value), requestId))
        return writeAnswer(request, type, stored)
      },
    },
    {
      method: 'PATCH',
      pattern: collection,
      handle: (request) => {
        const changed = resource.parsePatches(request).flatMap(({ value, requestId }) => {
          const entity = table.get(value.id)
          if (entity === undefined) return []
          resource.update(request, entity, value)
          return [{ ...thin(request, entity, requestId), updated_at: entity.updatedAt }]
        })
        return writeAnswer(request, type, changed)
      },
    },
    {
      method: 'PATCH',
      pattern: one,
      handle: (request) => {
        const entity = table.get(idParam(request))
        if (entity === undefined || entity.deleted) throw new Refused(notFound)
        resource.update(request, entity, resource.parsePatch(request, entity))
        return hal({ ...thin(request, entity, '0'), name: entity.name, updated_at: entity.updatedAt })
      },
    },
  ]
}

/** For `parseItems` of a collection PATCH: the item's entity must be there. */
export function isThere(table: ReadonlyMap<number, Entity>) {
  return (item: { readonly id: number }): Flaw | undefined => {
    const entity = table.get(item.id)
    return entity === undefined || entity.deleted ? { code: 'NotSupportedChoice', path: 'id' } : undefined
  }
}
