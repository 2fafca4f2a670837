import { renderFields } from '../envelope/entity-schema.ts'
import { byIds, byRange, byTexts, inOrder, withs } from '../envelope/filters.ts'
import { listAnswer, selfLink } from '../envelope/paging.ts'
import type { Entity, EntityKey } from '../state/entities.ts'
import { matchesQuery } from '../state/search-index.ts'
import { account } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import type { Answer } from '../transport/answer.ts'
import { textAt } from '../transport/bracket-query.ts'
import type { ApiRequest } from '../transport/route-table.ts'

/**
 * Filters, search, order and paging that contacts, companies and leads share. Filters amoCRM does not know, and
 * `filter[custom_fields_values]` without the paid feature, are ignored in silence: everything comes back.
 */
export function listEntities<Row extends Entity>(
  world: World,
  request: ApiRequest,
  all: Iterable<Row>,
  render: (row: Row) => unknown,
  more: { readonly tests?: readonly ((row: Row) => boolean)[]; readonly orderByCreation?: boolean } = {},
): Answer {
  const { query } = request
  const onlyDeleted = withs(query).has('only_deleted')
  const search = textAt(query, 'query')
  const tests: ((row: Row) => boolean)[] = [
    (row) => row.deleted === onlyDeleted,
    byIds(query, 'id', (row) => row.id),
    byTexts(query, 'name', (row) => row.name),
    byIds(query, 'created_by', (row) => row.createdBy),
    byIds(query, 'updated_by', (row) => row.updatedBy),
    byIds(query, 'responsible_user_id', (row) => row.responsibleUser),
    byRange(query, 'created_at', (row) => row.createdAt),
    byRange(query, 'updated_at', (row) => row.updatedAt),
    ...(search === undefined || search === '' ? [] : [(row: Row) => matchesQuery(row, search, world.now())]),
    ...(more.tests ?? []),
  ]
  const rows = [...all].filter((row) => tests.every((test) => test(row)))
  const ordered = inOrder(query, rows, {
    updated_at: (row) => row.updatedAt,
    id: (row) => row.id,
    ...(more.orderByCreation ? { created_at: (row: Row) => row.createdAt } : {}),
  })
  return listAnswer(request, request.path.slice(request.path.lastIndexOf('/') + 1), ordered, render)
}

/** Keys every entity shows when read. */
export function renderCommon(request: ApiRequest, entity: Entity): Record<string, unknown> {
  return {
    responsible_user_id: entity.responsibleUser,
    group_id: 0,
    created_by: entity.createdBy,
    updated_by: entity.updatedBy,
    created_at: entity.createdAt,
    updated_at: entity.updatedAt,
    closest_task_at: null,
    is_deleted: entity.deleted,
    custom_fields_values: renderFields(entity.fields),
    account_id: account.id,
    _links: selfLink(request, `/api/v4/${entity.type}/${entity.id}`),
  }
}

/** A linked entity as it stands in `_embedded`: its id only, never its state. */
export function renderLinked(world: World, request: ApiRequest, of: EntityKey, type: Entity['type']) {
  return world.links
    .of({ type: of.type, id: of.id }, type)
    .filter(({ to }) => world.find(to) !== undefined)
    .map(({ to }) => ({ id: to.id, _links: selfLink(request, `/api/v4/${to.type}/${to.id}`) }))
}

export function renderTags(entity: Entity) {
  return entity.tags.map((tag) => ({ id: tag.id, name: tag.name, color: null }))
}
