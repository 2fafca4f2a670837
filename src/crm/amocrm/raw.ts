import type { CrmRawRequests } from '../raw-requests.ts'
import type { Api } from './api.ts'

/** The account's interface; its token endpoint and pages for people are none of a hook's business. */
const BELOW = /^\/api\/v[24]\//

/** One request in the CRM's own words. @throws RangeError for a path that leaves the account's interface; CrmError */
export async function ask(
  api: Api,
  method: Parameters<CrmRawRequests['ask']>[0],
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const url = URL.parse(path, 'https://account.invalid')
  const stays = path.startsWith('/') && url?.origin === 'https://account.invalid' && BELOW.test(url.pathname)
  if (!stays || !url) throw new RangeError(`a path below the account, like /api/v4/leads/901, and not ${path}`)
  if (method === 'GET') return api.get(url.pathname, [...url.searchParams], { signal })
  return api.send(method, url.pathname + url.search, body, { signal })
}
