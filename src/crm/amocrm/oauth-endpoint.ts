import { z } from 'zod'
import {
  CrmAnswerMalformed,
  CrmBlocked,
  CrmError,
  CrmOutcomeUnknown,
  CrmThrottled,
  CrmUnauthorised,
  CrmUnreachable,
} from '../errors.ts'
import type { Pace } from './api.ts'
import type { HttpAnswer, HttpRequest, Transport } from './transport.ts'

export interface OAuthClient {
  readonly clientId: string
  readonly clientSecret: string
  /** As registered: amoCRM compares it in both grants (reference amocrm.md 1.3). */
  readonly redirectUri: string
}

export type OAuthGrant =
  | { readonly grant_type: 'authorization_code'; readonly code: string }
  | { readonly grant_type: 'refresh_token'; readonly refresh_token: string }

const Pair = z.object({ access_token: z.string().min(1), refresh_token: z.string().min(1), expires_in: z.number() })
export type Pair = z.infer<typeof Pair>

/** The token endpoint has said no: this grant will never be taken. `status` and `hint` are its own. */
export class GrantRefused extends CrmError {
  override name = 'GrantRefused'
  override readonly written = 'no'
  readonly status: number
  constructor(status: number, hint: string) {
    super(`the CRM does not take the authorisation: ${status} ${hint}`)
    this.status = status
  }
}

export interface OAuthEndpoint {
  /** @throws GrantRefused; another CrmError when the same grant may be tried again */
  exchange(origin: URL, grant: OAuthGrant, signal: AbortSignal): Promise<Pair>
  /** Where a renamed account is now; undefined when nobody knows (reference amocrm.md 1.5). */
  currentHost(apiOrigin: URL, refresh: string, signal: AbortSignal): Promise<string | undefined>
}

const BLOCK_REST_MS = 60_000
const THROTTLE_REST_MS = 1_000

/** The CRM's token endpoint. Its requests count for the account's limits like all others, so they wait for their turn. */
export function createOAuthEndpoint(client: OAuthClient, pace: Pace, transport: Transport): OAuthEndpoint {
  const ask = (request: HttpRequest, signal: AbortSignal) => pace.run('live', () => transport(request, signal))
  const headers = { accept: 'application/json', 'user-agent': 'Callweave' }

  return {
    async exchange(origin, grant, signal) {
      const body = JSON.stringify({
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uri: client.redirectUri,
        ...grant,
      })
      const json = { ...headers, 'content-type': 'application/json' }
      const url = new URL('/oauth2/access_token', origin)
      return readPair(await ask({ method: 'POST', url, headers: json, body }, signal))
    },
    async currentHost(apiOrigin, refresh, signal) {
      const url = new URL('/oauth2/account/current/subdomain', apiOrigin)
      const answer = await ask({ method: 'GET', url, headers: { ...headers, 'x-refresh-token': refresh } }, signal)
      return answer.status === 200 ? Whereabouts.safeParse(parseOrUndefined(answer.text)).data?.domain : undefined
    },
  }
}

const Whereabouts = z.object({ domain: z.string() })

/** The body is never quoted: it may hold what was sent. */
function readPair({ status, text, type }: HttpAnswer): Pair {
  if (status >= 200 && status < 300) {
    const pair = Pair.safeParse(parseOrUndefined(text))
    if (pair.success) return pair.data
    throw new CrmAnswerMalformed(`POST /oauth2/access_token: ${status}, not a pair of tokens`)
  }
  if (status === 429) throw new CrmThrottled('POST /oauth2/access_token: 429', THROTTLE_REST_MS)
  if (status === 403 && !type.endsWith('json')) throw new CrmBlocked('the CRM has blocked this address', BLOCK_REST_MS)
  // A redirect is no word of the CRM's: something stands in between.
  if (status < 400) throw new CrmUnreachable(`POST /oauth2/access_token: ${status}; check crm.url`)
  if (status >= 500 || status === 408) throw new CrmOutcomeUnknown(`POST /oauth2/access_token: ${status}`)
  throw new GrantRefused(status, Hint.safeParse(parseOrUndefined(text)).data?.hint ?? '')
}

const Hint = z.object({ hint: z.string().transform((hint) => hint.slice(0, 200)) })

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** For callers whose own request has not left yet: whatever became of ours, theirs was not executed. */
export function withNothingWritten(error: unknown): unknown {
  if (!(error instanceof CrmError) || error instanceof CrmUnauthorised || error.written === 'no') return error
  return new CrmThrottled(`no token could be had: ${error.message}`, THROTTLE_REST_MS)
}
