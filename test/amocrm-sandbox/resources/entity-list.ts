import { renderFields } from '../envelope/custom-field-values.ts'
import { always, byIds, byRange, byTexts, inOrder, type Test, textsOf, withs } from '../envelope/filters.ts'
import { listAnswer, selfLink } from '../envelope/paging.ts'
import type { Entity, EntityKey } from '../state/entities.ts'
import { queryTest } from '../state/search-index.ts'
import { account } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import type { Answer } from '../transport/answer.ts'
import { textAt, valueAt } from '../transport/bracket-query.ts'
import type { ApiRequest } from '../transport/route-table.ts'
import { mayView } from './rights.ts'

interface ListMore<Row> {
  readonly tests?: readonly Test<Row>[]
  readonly orderByCreation?: boolean
}

/** A listing as it was computed, good as long as nothing changed; walking page by page reads it once. */
interface Walk {
  readonly version: number
  readonly name: string
  readonly rows: readonly unknown[]
}

const walks = new WeakMap<World, Walk[]>()
/** As many listings as may be walked at once. */
const keptWalks = 12

/**
 * Filters, search, order and paging that contacts, companies and leads share. Filters amoCRM does not know, and
 * `filter[custom_fields_values]` without the paid feature, are ignored in silence: everything comes back.
 */
export function listEntities<Row extends Entity>(
  world: World,
  request: ApiRequest,
  table: ReadonlyMap<number, Row>,
  render: (row: Row) => unknown,
  more: ListMore<Row> = {},
): Answer {
  const rows = walked(world, request, () => selected(world, request, table, more))
  return listAnswer(request, request.path.slice(request.path.lastIndexOf('/') + 1), rows, render)
}

function selected<Row extends Entity>(
  world: World,
  request: ApiRequest,
  table: ReadonlyMap<number, Row>,
  more: ListMore<Row>,
): readonly Row[] {
  const { query } = request
  const onlyDeleted = withs(query).has('only_deleted')
  const search = textAt(query, 'query')
  const tests: readonly Test<Row>[] = [
    byIds<Row>(query, 'id', (row) => row.id),
    byRange<Row>(query, 'updated_at', (row) => row.updatedAt),
    byRange<Row>(query, 'created_at', (row) => row.createdAt),
    (row: Row) => row.deleted === onlyDeleted,
    byTexts<Row>(query, 'name', (row) => row.name),
    byIds<Row>(query, 'created_by', (row) => row.createdBy),
    byIds<Row>(query, 'updated_by', (row) => row.updatedBy),
    byIds<Row>(query, 'responsible_user_id', (row) => row.responsibleUser),
    byRange<Row>(query, 'closest_task_at', (row) => closestTaskAt(world, row)),
    ...byCustomFields<Row>(world, request),
    mayView<Row>(world, request),
    ...(more.tests ?? []),
    ...(search === undefined || search === '' ? [] : [queryTest(search, world.now())]),
  ].filter((test) => test !== always)
  const rows: Row[] = []
  for (const row of candidates(request, table)) if (tests.every((test) => test(row))) rows.push(row)
  return inOrder(query, rows, {
    updated_at: (row) => row.updatedAt,
    id: (row) => row.id,
    ...(more.orderByCreation ? { created_at: (row: Row) => row.createdAt } : {}),
  })
}

/** A few ids need no walk through the table. */
function candidates<Row extends Entity>(request: ApiRequest, table: ReadonlyMap<number, Row>): Iterable<Row> {
  const ids = textsOf(valueAt(request.query, 'filter', 'id'))
  if (ids === undefined) return table.values()
  const wanted = new Set(ids.map(Number).toSorted((a, b) => a - b))
  return [...wanted].flatMap((id) => table.get(id) ?? [])
}

/** The paid feature; without it amoCRM ignores the filter (reference amocrm.md 3.1). */
function byCustomFields<Row extends Entity>(world: World, request: ApiRequest): Test<Row>[] {
  const filter = valueAt(request.query, 'filter', 'custom_fields_values')
  if (!world.account.apiFilterOn || filter === undefined || typeof filter === 'string') return []
  return [...filter].map(([field, wanted]) => {
    const values = textsOf(wanted) ?? []
    return (row) =>
      row.fields.some(
        (entry) => entry.field.id === Number(field) && entry.values.some(({ value }) => values.includes(String(value))),
      )
  })
}

/** What changes without a change of an entity is computed anew: the index's lag, tasks, rights and switches. */
function walked<Row>(world: World, request: ApiRequest, compute: () => readonly Row[]): readonly Row[] {
  const volatile = [['query'], ['filter', 'closest_task_at'], ['filter', 'custom_fields_values']]
  if (!request.admin || volatile.some((keys) => valueAt(request.query, ...keys) !== undefined)) return compute()
  const rest = request.rawQuery.split('&').filter((pair) => !/^(page|limit)=/.test(pair))
  const name = [request.path, request.user, ...rest].join('&')
  const kept = (walks.get(world) ?? []).filter(({ version }) => version === world.version())
  const known = kept.find((walk) => walk.name === name)
  // The name holds path and filters, so the rows are of the asked kind.
  if (known !== undefined) return known.rows as readonly Row[]
  const rows = compute()
  walks.set(world, [...kept.slice(1 - keptWalks), { version: world.version(), name, rows }])
  return rows
}

function closestTaskAt(world: World, entity: Entity): number | null {
  const open = world.tasksOf({ type: entity.type, id: entity.id }).filter(({ completed }) => !completed)
  return open.length === 0 ? null : Math.min(...open.map(({ completeTill }) => completeTill))
}

/** Keys every entity shows when read. */
export function renderCommon(world: World, request: ApiRequest, entity: Entity): Record<string, unknown> {
  return {
    responsible_user_id: entity.responsibleUser,
    group_id: 0,
    created_by: entity.createdBy,
    updated_by: entity.updatedBy,
    created_at: entity.createdAt,
    updated_at: entity.updatedAt,
    closest_task_at: closestTaskAt(world, entity),
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
