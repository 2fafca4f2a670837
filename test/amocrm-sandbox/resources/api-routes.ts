import type { World } from '../state/world.ts'
import type { Route } from '../transport/route-table.ts'
import type { Subscriptions } from '../webhooks/subscriptions.ts'
import { accountRoutes } from './account.ts'
import { callRoutes } from './calls.ts'
import { companyRoutes } from './companies.ts'
import { contactRoutes } from './contacts.ts'
import { customFieldRoutes } from './custom-fields.ts'
import { dictionaryRoutes } from './dictionaries.ts'
import { eventRoutes } from './events.ts'
import { leadRoutes } from './leads.ts'
import { complexLeadRoutes } from './leads-complex.ts'
import { linkRoutes } from './links.ts'
import { noteRoutes } from './notes.ts'
import { pipelineRoutes } from './pipelines.ts'
import { popupRoutes } from './popups.ts'
import { sourceRoutes } from './sources.ts'
import { taskRoutes } from './tasks.ts'
import { unsortedRoutes } from './unsorted.ts'
import { userRoutes } from './users.ts'
import { webhookRoutes } from './webhooks.ts'

/** Everything behind a token; fixed words in a path stand before `{id}`, which is digits alone. */
export function apiRoutes(
  world: World,
  subscriptions: Subscriptions,
  options: { readonly duplicateControl: boolean; readonly mixedCalls: 200 | 400 },
): Route[] {
  return [
    ...accountRoutes(world),
    ...customFieldRoutes(world),
    ...dictionaryRoutes(world),
    ...complexLeadRoutes(world, options.duplicateControl),
    ...userRoutes(world),
    ...pipelineRoutes(world),
    ...contactRoutes(world),
    ...companyRoutes(world),
    ...noteRoutes(world),
    ...taskRoutes(world),
    ...unsortedRoutes(world),
    ...popupRoutes(world),
    ...linkRoutes(world),
    ...leadRoutes(world),
    ...eventRoutes(world),
    ...callRoutes(world, options.mixedCalls),
    ...sourceRoutes(world),
    ...webhookRoutes(subscriptions),
  ]
}
