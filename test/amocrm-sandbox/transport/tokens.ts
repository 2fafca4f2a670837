import { createHash } from 'node:crypto'

/** Whose rights a request runs with. */
export interface Bearer {
  readonly user: number
  readonly admin: boolean
  /** Epoch milliseconds; undefined: never. */
  readonly expiresAt?: number
  /** Requests of one integration share a rate limit, whatever tokens they come with; default: the token alone. */
  readonly integration?: string
}

export interface Tokens {
  issue(bearer: Bearer): string
  revoke(token: string): void
  /** All tokens of an integration: its secret changed, or it was switched off. */
  revokeIntegration(integration: string): void
  /** Those of an integration that expire by themselves are over now; long-lived ones are not. */
  expire(integration: string): void
  find(token: string): Bearer | undefined
  /** Whom the rate limit counts, also for tokens that are no longer good. */
  owner(token: string): string
  /** Whether a request ever came with it while it was good. */
  wasUsed(token: string): boolean
}

/** What every access token says of its account. */
export interface Issuer {
  readonly account: number
  /** `amocrm.ru` or `kommo.com`. */
  readonly baseDomain: string
  /** Host that knows every account's present name. */
  readonly apiDomain: () => string
}

/** Looks like a JWT, as amoCRM's tokens do; the signature is no real one, because no client may verify it. */
export function createTokens(issuer: Issuer, now: () => number): Tokens {
  const bearers = new Map<string, Bearer>()
  const owners = new Map<string, string>()
  const used = new Set<string>()
  let serial = 0

  return {
    issue(bearer) {
      serial += 1
      const token = jwt({
        aud: clientId,
        jti: digest(`jti ${serial}`),
        iat: Math.floor(now() / 1000),
        nbf: Math.floor(now() / 1000),
        exp: Math.floor((bearer.expiresAt ?? now() + fiveYears) / 1000),
        sub: String(bearer.user),
        account_id: issuer.account,
        base_domain: issuer.baseDomain,
        api_domain: issuer.apiDomain(),
        scopes: ['crm', 'notifications'],
      })
      bearers.set(token, bearer)
      owners.set(token, bearer.integration ?? token)
      return token
    },
    revoke(token) {
      bearers.delete(token)
    },
    revokeIntegration(integration) {
      for (const [token, bearer] of bearers) if (bearer.integration === integration) bearers.delete(token)
    },
    expire(integration) {
      for (const [token, bearer] of bearers)
        if (bearer.integration === integration && bearer.expiresAt !== undefined)
          bearers.set(token, { ...bearer, expiresAt: now() })
    },
    find(token) {
      const bearer = bearers.get(token)
      const expired = bearer?.expiresAt !== undefined && bearer.expiresAt <= now()
      if (bearer === undefined || expired) return undefined
      used.add(token)
      return bearer
    },
    owner: (token) => owners.get(token) ?? token,
    wasUsed: (token) => used.has(token),
  }
}

export const clientId = '2f0c7a51-2f43-4b0e-9a0f-3f6d6f0f9a11'
const fiveYears = 5 * 365 * 86_400_000

function jwt(claims: object): string {
  const head = encode({ typ: 'JWT', alg: 'RS256', jti: 'sandbox' })
  const body = encode(claims)
  return `${head}.${body}.${digest(`${head}.${body}`)}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
