import { z } from 'zod'
import { selfLink } from '../envelope/paging.ts'
import { parseObject } from '../envelope/validation.ts'
import { account } from '../state/seed.ts'
import { hal, noContent, notFound, problem, Refused } from '../transport/answer.ts'
import { textAt } from '../transport/bracket-query.ts'
import type { ApiRequest, Route } from '../transport/route-table.ts'
import { webhookCodes } from '../webhooks/codes.ts'
import { maximumSubscriptions, type Subscription, type Subscriptions } from '../webhooks/subscriptions.ts'
import { adminsOnly } from './rights.ts'

const path = '/api/v4/webhooks'

const destination = z.string().refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''))
const creation = z.strictObject({
  destination,
  settings: z.array(z.string().refine((code) => webhookCodes.includes(code))).min(1),
  sort: z.int().optional(),
})
const removal = z.strictObject({ destination: z.string() })

/** `/api/v4/webhooks`, administrators only. There is no PATCH: who subscribes again replaces and re-enables (reference amocrm.md 11.1). */
export function webhookRoutes(subscriptions: Subscriptions): Route[] {
  return [
    {
      method: 'GET',
      pattern: path,
      handle: (request) => {
        adminsOnly(request)
        const wanted = textAt(request.query, 'filter', 'destination')
        const found = subscriptions.all().filter((entry) => wanted === undefined || entry.destination === wanted)
        if (found.length === 0) return noContent
        return hal({
          _total_items: found.length,
          _links: selfLink(request, path),
          _embedded: { webhooks: found.map((entry) => render(request, entry)) },
        })
      },
    },
    {
      method: 'POST',
      pattern: path,
      handle: (request) => {
        adminsOnly(request)
        const sent = parseObject(request, creation)
        const known = subscriptions.find(sent.destination)
        if (known === undefined && subscriptions.all().length >= maximumSubscriptions)
          throw new Refused(problem(422, `At most ${maximumSubscriptions} webhooks are allowed`))
        const stored = subscriptions.put({ ...sent, sort: sent.sort ?? 0, by: request.user })
        return hal(render(request, stored), known === undefined ? 201 : 200)
      },
    },
    {
      method: 'DELETE',
      pattern: path,
      handle: (request) => {
        adminsOnly(request)
        if (!subscriptions.remove(parseObject(request, removal).destination)) throw new Refused(notFound)
        return noContent
      },
    },
  ]
}

function render(request: ApiRequest, entry: Subscription) {
  return {
    id: entry.id,
    destination: entry.destination,
    created_at: entry.createdAt,
    updated_at: entry.updatedAt,
    account_id: account.id,
    created_by: entry.createdBy,
    sort: entry.sort,
    disabled: entry.disabled,
    settings: entry.settings,
    _links: selfLink(request, path),
  }
}
