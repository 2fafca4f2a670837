import { listAnswer, selfLink } from '../envelope/paging.ts'
import { type EntityType, entityTypes, type FieldDefinition } from '../state/entities.ts'
import { account } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { hal, noContent } from '../transport/answer.ts'
import { type ApiRequest, idParam, type Route } from '../transport/route-table.ts'

/** `/api/v4/{type}/custom_fields`, reading only: ids and enums differ from account to account (reference amocrm.md 3.3). */
export function customFieldRoutes(world: World): Route[] {
  return entityTypes.flatMap((type): Route[] => [
    {
      method: 'GET',
      pattern: `/api/v4/${type}/custom_fields`,
      handle: (request) =>
        listAnswer(request, 'custom_fields', world.fields[type], (field) => render(request, type, field), {
          totals: true,
        }),
    },
    {
      method: 'GET',
      pattern: `/api/v4/${type}/custom_fields/{id}`,
      handle: (request) => {
        const field = world.fields[type].find(({ id }) => id === idParam(request))
        return field === undefined ? noContent : hal(render(request, type, field))
      },
    },
  ])
}

function render(request: ApiRequest, type: EntityType, field: FieldDefinition) {
  return {
    id: field.id,
    name: field.name,
    type: field.type,
    account_id: account.id,
    code: field.code,
    sort: field.id,
    is_api_only: field.apiOnly ?? false,
    is_deletable: field.code === null,
    // In which stages people must fill it; the API asks for nothing.
    required_statuses: [],
    enums: field.enums.length === 0 ? null : field.enums.map(({ id, code }, sort) => ({ id, value: code, sort })),
    entity_type: type,
    _links: selfLink(request, `/api/v4/${type}/custom_fields/${field.id}`),
  }
}
