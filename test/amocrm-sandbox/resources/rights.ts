import { always, type Test } from '../envelope/filters.ts'
import type { Entity } from '../state/entities.ts'
import type { World } from '../state/world.ts'
import { problem, Refused } from '../transport/answer.ts'
import type { ApiRequest } from '../transport/route-table.ts'

/** Users, webhooks, pipelines and sources are an administrator's (reference amocrm.md 9, 11.1). @throws Refused with 403 */
export function adminsOnly(request: ApiRequest): void {
  if (!request.admin) throw new Refused(problem(403, 'Administrator rights are required'))
}

/** Lists of a user with narrow rights are silently incomplete (reference amocrm.md 18, trap 28). */
export function mayView<Row extends Entity>(world: World, request: ApiRequest): Test<Row> {
  const view = request.admin ? 'A' : (world.users.find(({ id }) => id === request.user)?.view ?? 'A')
  switch (view) {
    case 'A':
      return always
    case 'M':
      return (row) => row.responsibleUser === request.user
    case 'D':
      return () => false
    default:
      return unreachable(view)
  }
}

function unreachable(view: never): never {
  throw new Error(`unknown right ${JSON.stringify(view)}`)
}
