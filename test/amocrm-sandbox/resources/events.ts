import { byIds, byTexts, textsOf } from '../envelope/filters.ts'
import { listAnswer, selfLink } from '../envelope/paging.ts'
import type { AmoEvent } from '../state/entities.ts'
import { account } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { badRequest, hal, noContent } from '../transport/answer.ts'
import { type PhpArray, textAt, valueAt } from '../transport/bracket-query.ts'
import type { ApiRequest, Route } from '../transport/route-table.ts'

/** The events list is believed to cap here, not at 250 (reference amocrm.md 12). */
const maximumLimit = 100
/** Entity ids or creators one filter may name. */
const maximumNames = 10

/** What the sandbox writes; amoCRM knows many more. */
const eventTypes = {
  incoming_call: 'Входящий звонок',
  outgoing_call: 'Исходящий звонок',
  lead_added: 'Новая сделка',
  lead_deleted: 'Сделка удалена',
  lead_restored: 'Сделка восстановлена',
  lead_status_changed: 'Изменение этапа продажи',
  contact_added: 'Новый контакт',
  contact_deleted: 'Контакт удалён',
  contact_restored: 'Контакт восстановлен',
  company_added: 'Новая компания',
  company_deleted: 'Компания удалена',
  company_restored: 'Компания восстановлена',
  entity_responsible_changed: 'Ответственный изменён',
  entity_linked: 'Прикрепление',
  entity_unlinked: 'Открепление',
  entity_merged: 'Объединение',
  task_added: 'Новая задача',
  task_completed: 'Завершение задачи',
  common_note_added: 'Новое примечание',
} as const

/** `/api/v4/events`, newest first. */
export function eventRoutes(world: World): Route[] {
  return [
    {
      method: 'GET',
      pattern: '/api/v4/events',
      handle: (request) => {
        const tests = filters(request.query)
        const rows = world.events.filter((event) => tests.every((test) => test(event)))
        const newestFirst = rows.toSorted((a, b) => b.createdAt - a.createdAt || (b.id > a.id ? 1 : -1))
        return listAnswer(request, 'events', newestFirst, (event) => renderEvent(request, event), { maximumLimit })
      },
    },
    {
      method: 'GET',
      pattern: '/api/v4/events/types',
      handle: (request) => {
        const all = Object.entries(eventTypes).map(([key, lang]) => ({ key, type: 1, lang }))
        return hal({
          _total_items: all.length,
          _links: selfLink(request, request.path),
          _embedded: { events_types: all },
        })
      },
    },
    {
      method: 'GET',
      pattern: '/api/v4/events/{uid}',
      handle: (request) => {
        const event = world.events.find(({ id }) => id === request.params['uid'])
        return event === undefined ? noContent : hal(renderEvent(request, event))
      },
    },
  ]
}

function filters(query: PhpArray): ((event: AmoEvent) => boolean)[] {
  const types = commaList(query, 'type')
  const entities = commaList(query, 'entity')
  const ids = textsOf(valueAt(query, 'filter', 'entity_id'))
  if (ids !== undefined && (ids.length > maximumNames || entities?.length !== 1))
    throw badRequest('filter[entity_id] takes up to 10 ids and exactly one filter[entity]')
  if ((textsOf(valueAt(query, 'filter', 'created_by'))?.length ?? 0) > maximumNames)
    throw badRequest('filter[created_by] takes up to 10 ids')
  const [from, to] = period(query)
  return [
    byTexts(query, 'id', (event) => event.id),
    byIds(query, 'entity_id', (event) => event.entityId),
    byIds(query, 'created_by', (event) => event.createdBy),
    (event) => types === undefined || types.includes(event.type),
    (event) => entities === undefined || entities.includes(event.entityType),
    (event) => event.createdAt >= from && event.createdAt <= to,
  ]
}

function commaList(query: PhpArray, name: string): readonly string[] | undefined {
  return textsOf(valueAt(query, 'filter', name))?.flatMap((text) => text.split(','))
}

/** `filter[created_at]=from,to`, a single instant to begin with, or `[from]` and `[to]`. */
function period(query: PhpArray): readonly [number, number] {
  const text = textAt(query, 'filter', 'created_at')
  const [from, to] =
    text === undefined
      ? [textAt(query, 'filter', 'created_at', 'from'), textAt(query, 'filter', 'created_at', 'to')]
      : text.split(',')
  if ([from, to].some((value) => value !== undefined && !/^\d+$/.test(value)))
    throw badRequest('Invalid filter created_at')
  return [Number(from ?? 0), Number(to ?? Number.MAX_SAFE_INTEGER)]
}

const plural = { lead: 'leads', contact: 'contacts', company: 'companies', task: 'tasks' } as const

function renderEvent(request: ApiRequest, event: AmoEvent) {
  const path = `/api/v4/${plural[event.entityType]}/${event.entityId}`
  return {
    id: event.id,
    type: event.type,
    entity_id: event.entityId,
    entity_type: event.entityType,
    created_by: event.createdBy,
    created_at: event.createdAt,
    value_after: event.after,
    value_before: event.before,
    account_id: account.id,
    _links: selfLink(request, `/api/v4/events/${event.id}`),
    _embedded: {
      entity: {
        id: event.entityId,
        _links: selfLink(request, path),
      },
    },
  }
}
