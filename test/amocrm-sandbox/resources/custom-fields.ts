import { listAnswer, selfLink } from '../envelope/paging.ts'
import { entityTypes } from '../state/entities.ts'
import { account } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import type { Route } from '../transport/route-table.ts'

/** `/api/v4/{type}/custom_fields`, reading only: ids and enums differ from account to account (reference amocrm.md 3.3). */
export function customFieldRoutes(world: World): Route[] {
  return entityTypes.map((type) => ({
    method: 'GET',
    pattern: `/api/v4/${type}/custom_fields`,
    handle: (request) =>
      listAnswer(
        request,
        'custom_fields',
        world.fields[type],
        (field) => ({
          id: field.id,
          name: field.name,
          type: field.type,
          account_id: account.id,
          code: field.code,
          sort: field.id,
          is_api_only: field.apiOnly ?? false,
          enums: field.enums.length === 0 ? null : field.enums.map(({ id, code }, sort) => ({ id, value: code, sort })),
          entity_type: type,
          _links: selfLink(request, `/api/v4/${type}/custom_fields/${field.id}`),
        }),
        { totals: true },
      ),
  }))
}
