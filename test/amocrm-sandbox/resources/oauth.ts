import { z } from 'zod'
import type { AccountState } from '../state/seed.ts'
import { account } from '../state/seed.ts'
import { type Answer, hal, problem, Refused, unauthorized } from '../transport/answer.ts'
import { textAt } from '../transport/bracket-query.ts'
import { lookUp } from '../transport/doors.ts'
import type { ApiRequest, Route } from '../transport/route-table.ts'
import { type Bearer, clientId, type Tokens } from '../transport/tokens.ts'
import { isLoopback } from '../webhooks/loopback.ts'
import { type Consent, consentAnswer, integrationHooks, type OAuthClient } from './oauth-consent.ts'

export interface OAuth {
  readonly client: OAuthClient
  /** A one-off authorization code, good for twenty minutes. */
  issueCode(bearer: { readonly user: number; readonly admin: boolean }): string
  /** What an administrator sets in the integration; a new secret kills all it has got. */
  register(change: { readonly redirectUri?: string; readonly secret?: string }): OAuthClient
  /** Installed from the market: the server calls the redirect URI by itself, if it is on this machine. */
  install(user?: number): Promise<void>
  /** Switched off in the account: codes and tokens are dead at once; `hook` is told, if it is on this machine. */
  disconnect(hook?: string): Promise<void>
  /** Every access token got by OAuth is over, as after a day; refresh tokens live. */
  expireAccess(): void
  /** A pair without the detour by a code. */
  issuePair(bearer: { readonly user: number; readonly admin: boolean }): TokenPair
  readonly routes: readonly Route[]
}

export interface TokenPair {
  readonly token_type: 'Bearer'
  readonly expires_in: number
  readonly access_token: string
  readonly refresh_token: string
}

export interface OAuthOptions {
  /** A refresh token dies when it is replaced, as the field reports; otherwise when its successor is used, as documented. */
  readonly strict: boolean
  readonly account: AccountState
  readonly baseDomain: string
  /** Host and port of the account as it is now. */
  readonly host: () => string
}

interface Grant {
  readonly bearer: Pick<Bearer, 'user' | 'admin'>
  readonly expiresAt: number
  /** Access token that came with the successor, once there is one. */
  successor: string | undefined
}

const codeMs = 20 * 60_000
const accessMs = 86_400_000
const refreshMs = 90 * 86_400_000

/** Consent, the token endpoint and the look-up of a renamed account (reference amocrm.md 1.2 – 1.5). */
export function createOAuth(tokens: Tokens, now: () => number, options: OAuthOptions): OAuth {
  let client: OAuthClient = {
    id: clientId,
    secret: 'sandbox-secret',
    redirectUri: 'https://pbx.example.com/amo/oauth',
  }
  const codes = new Map<string, Grant>()
  const refreshes = new Map<string, Grant>()
  let serial = 0

  function opaque(kind: string): string {
    serial += 1
    return `def50200${Buffer.from(`${kind} ${serial} `.repeat(6)).toString('hex')}`
  }

  function issueCode(bearer: Grant['bearer']): string {
    const code = opaque('code')
    codes.set(code, { bearer, expiresAt: now() + codeMs, successor: undefined })
    return code
  }

  function issuePair({ user, admin }: Grant['bearer']): TokenPair {
    const access = tokens.issue({ user, admin, integration: clientId, expiresAt: now() + accessMs })
    const refresh = opaque('refresh')
    refreshes.set(refresh, { bearer: { user, admin }, expiresAt: now() + refreshMs, successor: undefined })
    return { token_type: 'Bearer', expires_in: accessMs / 1000, access_token: access, refresh_token: refresh }
  }

  /** Why a grant is no good, or undefined. */
  function flawOf(grant: Grant | undefined, words: HintWords): string | undefined {
    if (grant === undefined) return words.unknown
    if (grant.expiresAt <= now()) return words.expired
    const { successor } = grant
    const dead = successor !== undefined && (options.strict || words.singleUse || tokens.wasUsed(successor))
    return dead ? words.revoked : undefined
  }

  function redeem(grants: ReadonlyMap<string, Grant>, given: string, words: HintWords): Answer {
    const grant = grants.get(given)
    const flaw = flawOf(grant, words)
    if (grant === undefined || flaw !== undefined) throw refused(words.status, flaw ?? words.unknown)
    const pair = issuePair(grant.bearer)
    grant.successor = pair.access_token
    return { ...hal(pair), type: 'application/json' }
  }

  function token(request: ApiRequest): Answer {
    const sent = sentGrant(request)
    if (sent.client_id !== client.id || sent.client_secret !== client.secret)
      throw refused(401, 'Check the `client_id` parameter')
    if (sent.redirect_uri !== client.redirectUri) throw refused(400, 'Check the `redirect_uri` parameter')
    return sent.grant_type === 'authorization_code'
      ? redeem(codes, sent.code, codeWords)
      : redeem(refreshes, sent.refresh_token, refreshWords)
  }

  /** On the host all accounts share; good with a living refresh token or access token. */
  function subdomain(request: ApiRequest): Answer {
    if (request.door !== 'api') return problem(404, 'Not Found')
    const refresh = request.headers['x-refresh-token']
    const known =
      typeof refresh === 'string' ? flawOf(refreshes.get(refresh), refreshWords) === undefined : request.user !== 0
    if (!known) return unauthorized
    return hal({
      id: account.id,
      subdomain: options.account.subdomain,
      domain: options.host(),
      top_level_domain: options.baseDomain.split('.').at(-1),
    })
  }

  const consentAt = (host: string): Consent => ({
    client,
    host,
    issueCode: (user) => issueCode({ user, admin: true }),
  })

  const consent = (request: ApiRequest): Answer => {
    const named = request.base.startsWith('https:')
    return consentAnswer(consentAt(named ? new URL(request.base).host : options.host()), (name) =>
      textAt(request.query, name),
    )
  }

  function disconnect(): void {
    codes.clear()
    refreshes.clear()
    tokens.revokeIntegration(clientId)
  }

  return {
    get client() {
      return client
    },
    issueCode,
    issuePair,
    expireAccess: () => tokens.expire(clientId),
    register(change) {
      client = { ...client, ...change }
      if (change.secret !== undefined) disconnect()
      return client
    },
    async install(user = 7000001) {
      await callHook(integrationHooks(consentAt(options.host()), account.id).installed(user))
    },
    async disconnect(hook) {
      disconnect()
      if (hook !== undefined) await callHook(integrationHooks(consentAt(options.host()), account.id).disconnected(hook))
    },
    routes: [
      { method: 'GET', pattern: '/oauth', handle: consent },
      { method: 'POST', pattern: '/oauth2/access_token', handle: token },
      { method: 'GET', pattern: lookUp, handle: subdomain },
    ],
  }
}

const common = { client_id: z.string(), client_secret: z.string(), redirect_uri: z.string() }
const schema = z.discriminatedUnion('grant_type', [
  z.strictObject({ ...common, grant_type: z.literal('authorization_code'), code: z.string() }),
  z.strictObject({ ...common, grant_type: z.literal('refresh_token'), refresh_token: z.string() }),
])

/** What is missing is told in the hint, not in validation errors. @throws Refused with 400 */
function sentGrant(request: ApiRequest): z.output<typeof schema> {
  const result = schema.safeParse(parseOrUndefined(request))
  if (result.success) return result.data
  const [issue] = result.error.issues
  const key = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0]
  throw refused(400, `Check the \`${String(key ?? 'grant_type')}\` parameter`)
}

function parseOrUndefined(request: ApiRequest): unknown {
  if (!/^application\/json\b/i.test(request.contentType)) return undefined
  try {
    return JSON.parse(request.body)
  } catch {
    return undefined
  }
}

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

async function callHook(address: string): Promise<void> {
  if (isLoopback(new URL(address).hostname)) await fetch(address, { redirect: 'manual' })
}
