import { z } from 'zod'
import { parseObject } from '../envelope/validation.ts'
import { type Answer, hal, problem, Refused } from '../transport/answer.ts'
import type { Route } from '../transport/route-table.ts'
import { type Bearer, clientId, type Tokens } from '../transport/tokens.ts'

export interface OAuthClient {
  readonly id: string
  readonly secret: string
  /** Compared exactly in both grants. */
  readonly redirectUri: string
}

export interface OAuth {
  readonly client: OAuthClient
  /** A one-off authorization code, good for twenty minutes. */
  issueCode(bearer: { readonly user: number; readonly admin: boolean }): string
  readonly routes: readonly Route[]
}

interface Grant {
  readonly bearer: Omit<Bearer, 'expiresAt'>
  readonly expiresAt: number
  /** Access token that came with the successor, once there is one. */
  successor: string | undefined
}

const codeMs = 20 * 60_000
const accessMs = 86_400_000
const refreshMs = 90 * 86_400_000

/**
 * The token endpoint (reference amocrm.md 1.3, 1.4). `strict`: a refresh token dies when it is replaced, as the field reports;
 * otherwise it lives until its successor is used for the first time, as documented.
 */
export function createOAuth(tokens: Tokens, now: () => number, strict: boolean): OAuth {
  const client = { id: clientId, secret: 'sandbox-secret', redirectUri: 'https://pbx.example.com/amo/oauth' }
  const codes = new Map<string, Grant>()
  const refreshes = new Map<string, Grant>()
  let serial = 0

  function opaque(kind: string): string {
    serial += 1
    return `def50200${Buffer.from(`${kind} ${serial} `.repeat(6)).toString('hex')}`
  }

  function issuePair(bearer: Grant['bearer']) {
    const access = tokens.issue({ ...bearer, expiresAt: now() + accessMs })
    const refresh = opaque('refresh')
    refreshes.set(refresh, { bearer, expiresAt: now() + refreshMs, successor: undefined })
    return { token_type: 'Bearer', expires_in: accessMs / 1000, access_token: access, refresh_token: refresh }
  }

  function redeem(grants: Map<string, Grant>, given: string, words: HintWords): Answer {
    const grant = grants.get(given)
    if (grant === undefined) throw refused(words.status, words.unknown)
    if (grant.expiresAt <= now()) throw refused(words.status, words.expired)
    const dead = grant.successor !== undefined && (strict || words.singleUse || tokens.wasUsed(grant.successor))
    if (dead) throw refused(words.status, words.revoked)
    const pair = issuePair(grant.bearer)
    grant.successor = pair.access_token
    return { ...hal(pair), type: 'application/json' }
  }

  const routes: Route[] = [
    {
      method: 'POST',
      pattern: '/oauth2/access_token',
      handle: (request) => {
        const sent = parseObject(request, schema)
        if (sent.client_id !== client.id || sent.client_secret !== client.secret)
          throw refused(401, 'Check the `client_id` parameter')
        if (sent.redirect_uri !== client.redirectUri) throw refused(400, 'Check the `redirect_uri` parameter')
        return sent.grant_type === 'authorization_code'
          ? redeem(codes, sent.code, codeWords)
          : redeem(refreshes, sent.refresh_token, refreshWords)
      },
    },
  ]

  return {
    client,
    routes,
    issueCode(bearer) {
      const code = opaque('code')
      codes.set(code, { bearer, expiresAt: now() + codeMs, successor: undefined })
      return code
    },
  }
}

const common = { client_id: z.string(), client_secret: z.string(), redirect_uri: z.string() }
const schema = z.discriminatedUnion('grant_type', [
  z.strictObject({ ...common, grant_type: z.literal('authorization_code'), code: z.string() }),
  z.strictObject({ ...common, grant_type: z.literal('refresh_token'), refresh_token: z.string() }),
])

interface HintWords {
  readonly status: number
  readonly unknown: string
  readonly expired: string
  readonly revoked: string
  readonly singleUse: boolean
}

const codeWords: HintWords = {
  status: 400,
  unknown: 'Cannot decrypt the authorization code',
  expired: 'Authorization code has expired',
  revoked: 'Authorization code has been revoked',
  singleUse: true,
}

const refreshWords: HintWords = {
  status: 401,
  unknown: 'Cannot decrypt the refresh token',
  expired: 'Token has expired',
  revoked: 'Token has been revoked',
  singleUse: false,
}

function refused(status: number, hint: string): Refused {
  const detail = 'В запросе отсутствует ряд параметров или параметры невалидны'
  const plain = problem(status, detail)
  const body = {
    hint,
    title: 'Некорректный запрос',
    type: 'https://developers.amocrm.ru/v3/errors/OAuthProblemJson',
    status,
    detail,
  }
  return new Refused({ ...plain, body: JSON.stringify(body) })
}
