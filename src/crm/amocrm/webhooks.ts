import type { z } from 'zod'
import { CrmForbidden } from '../errors.ts'
import type { Api } from './api.ts'
import { Webhook } from './schema.ts'

const PATH = '/api/v4/webhooks'

/**
 * What we want to hear of (reference amocrm.md 11.1). Incoming leads have no code in the CRM's lists: accepting one is told as a change of its lead and
 * contact, and a nightly read follows the rest.
 */
const SETTINGS: readonly string[] = [
  ...['contact', 'company', 'lead'].flatMap((entity) =>
    ['add', 'update', 'delete', 'restore', 'responsible'].map((what) => `${what}_${entity}`),
  ),
  'status_lead',
  'update_task',
  'delete_task',
]

/**
 * Subscribes `url`, unless it is subscribed to all of that and enabled. One the CRM has disabled after too many failures is enabled by subscribing anew.
 * @throws CrmForbidden with the cure when the token is not an administrator's; other CrmErrors
 */
export async function subscribe(api: Api, url: string, signal: AbortSignal): Promise<'subscribed' | 'was there'> {
  try {
    if (await isSubscribed(api, url, signal)) return 'was there'
    await api.send('POST', PATH, { destination: url, settings: SETTINGS }, { signal })
    return 'subscribed'
  } catch (error) {
    if (!(error instanceof CrmForbidden)) throw error
    const cure = 'let an administrator of the account make the token; until then changes are fetched by asking'
    throw new CrmForbidden(`the CRM does not let this token's user set up webhooks: ${cure} (${error.message})`)
  }
}

/** Whether an address that begins so is subscribed to all we want to hear of, and enabled. @throws CrmError */
export async function standing(api: Api, prefix: string, signal: AbortSignal): Promise<'none' | 'disabled' | 'set up'> {
  let found: 'none' | 'disabled' = 'none'
  for await (const page of api.pages(PATH, [], { signal })) {
    for (const own of api.entries(page, 'webhooks', Webhook)) {
      if (!own.destination.startsWith(prefix)) continue
      if (isWhole(own)) return 'set up'
      found = 'disabled'
    }
  }
  return found
}

function isWhole({ disabled, settings }: z.infer<typeof Webhook>): boolean {
  return disabled !== true && SETTINGS.every((setting) => settings?.includes(setting))
}

async function isSubscribed(api: Api, url: string, signal: AbortSignal): Promise<boolean> {
  for await (const page of api.pages(PATH, [['filter[destination]', url]], { signal })) {
    const own = api.entries(page, 'webhooks', Webhook).find(({ destination }) => destination === url)
    if (own) return isWhole(own)
  }
  return false
}
