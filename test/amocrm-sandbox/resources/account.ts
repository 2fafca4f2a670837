import { withs } from '../envelope/filters.ts'
import { selfLink } from '../envelope/paging.ts'
import { account, taskTypes } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { hal } from '../transport/answer.ts'
import type { Route } from '../transport/route-table.ts'

/** `/api/v4/account`; blocks come only when asked for in `with` (reference amocrm.md 1.8). */
export function accountRoutes(world: World): Route[] {
  return [
    {
      method: 'GET',
      pattern: '/api/v4/account',
      handle: (request) => {
        const asked = withs(request.query)
        const root = Object.entries(rootBlocks(world)).filter(([name]) => asked.has(name))
        const embedded = Object.entries(embeddedBlocks).filter(([name]) => asked.has(name))
        return hal({
          id: account.id,
          name: account.name,
          subdomain: world.account.subdomain,
          created_at: account.createdAt,
          created_by: 0,
          updated_at: account.createdAt,
          updated_by: 0,
          current_user_id: request.user,
          country: 'RU',
          currency: 'RUB',
          currency_symbol: '₽',
          customers_mode: 'unavailable',
          is_unsorted_on: world.account.unsortedOn,
          mobile_feature_version: 0,
          is_loss_reason_enabled: true,
          is_helpbot_enabled: false,
          is_technical_account: false,
          contact_name_display_order: 1,
          ...Object.fromEntries(root),
          _links: selfLink(request, '/api/v4/account'),
          ...(embedded.length === 0 ? {} : { _embedded: Object.fromEntries(embedded) }),
        })
      },
    },
  ]
}

const rootBlocks = (world: World) => ({
  amojo_id: 'b1f2a7c0-0000-4000-8000-000030012345',
  uuid: '0d5c1e70-0000-4000-8000-000030012345',
  version: 12,
  is_api_filter_enabled: world.account.apiFilterOn,
  drive_url: 'https://drive-b.amocrm.ru',
  invoices_settings: null,
})

const embeddedBlocks = {
  amojo_rights: { can_direct: true, can_create_groups: true },
  users_groups: [{ id: 0, name: 'Отдел продаж', uuid: null }],
  task_types: taskTypes,
  datetime_settings: {
    date_pattern: 'd.m.Y H:i',
    short_date_pattern: 'd.m.Y',
    short_time_pattern: 'H:i',
    date_format: 'd.m.Y',
    time_format: 'H:i:s',
    timezone: 'Europe/Moscow',
    timezone_offset: '+03:00',
  },
  entity_names: {
    leads: { ru: { gender: 'f', plural_form: { dative: 'сделкам' }, singular_form: { default: 'сделка' } } },
  },
}
