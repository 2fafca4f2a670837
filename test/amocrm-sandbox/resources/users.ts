import { withs } from '../envelope/filters.ts'
import { listAnswer, selfLink } from '../envelope/paging.ts'
import type { User } from '../state/entities.ts'
import { roles } from '../state/seed.ts'
import type { World } from '../state/world.ts'
import { hal, noContent } from '../transport/answer.ts'
import { type ApiRequest, idParam, type Route } from '../transport/route-table.ts'
import { adminsOnly } from './rights.ts'

/** `/api/v4/users`, administrators only; dismissed users stay with `is_active: false` (reference amocrm.md 9). */
export function userRoutes(world: World): Route[] {
  return [
    {
      method: 'GET',
      pattern: '/api/v4/users',
      handle: (request) => {
        adminsOnly(request)
        return listAnswer(request, 'users', world.users, (user) => renderUser(request, user), { totals: true })
      },
    },
    {
      method: 'GET',
      pattern: '/api/v4/users/{id}',
      handle: (request) => {
        adminsOnly(request)
        const user = world.users.find(({ id }) => id === idParam(request))
        return user === undefined ? noContent : hal(renderUser(request, user))
      },
    },
    {
      method: 'GET',
      pattern: '/api/v4/roles',
      handle: (request) => {
        adminsOnly(request)
        return listAnswer(request, 'roles', roles, (role) => renderRole(world, request, role), { totals: true })
      },
    },
  ]
}

function renderUser(request: ApiRequest, user: User) {
  const asked = withs(request.query)
  const all = { view: user.admin ? 'A' : (user.view ?? 'A'), edit: 'A', add: 'A', delete: 'A', export: 'A' }
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    lang: 'ru',
    ...(asked.has('uuid') ? { uuid: `00000000-0000-4000-8000-${String(user.id).padStart(12, '0')}` } : {}),
    ...(asked.has('amojo_id') ? { amojo_id: `10000000-0000-4000-8000-${String(user.id).padStart(12, '0')}` } : {}),
    ...(asked.has('user_rank') ? { user_rank: null } : {}),
    ...(asked.has('phone_number') ? { phone_number: null } : {}),
    rights: {
      leads: all,
      contacts: all,
      companies: all,
      tasks: { edit: 'A', delete: 'A' },
      mail_access: true,
      catalog_access: true,
      files_access: true,
      status_rights: [],
      is_admin: user.admin,
      is_free: false,
      is_active: user.active,
      group_id: 0,
      role_id: user.role ?? null,
    },
    _links: selfLink(request, `/api/v4/users/${user.id}`),
    _embedded: {
      ...(asked.has('role') ? { roles: roles.filter(({ id }) => id === user.role) } : {}),
      ...(asked.has('group') ? { groups: [{ id: 0, name: 'Отдел продаж', uuid: null }] } : {}),
    },
  }
}

function renderRole(world: World, request: ApiRequest, role: (typeof roles)[number]) {
  const members = world.users.filter((user) => user.role === role.id).map(({ id }) => id)
  return {
    ...role,
    _links: selfLink(request, `/api/v4/roles/${role.id}`),
    _embedded: withs(request.query).has('users') ? { users: members } : {},
  }
}
