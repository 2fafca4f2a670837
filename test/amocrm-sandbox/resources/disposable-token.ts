import { createHmac, randomUUID } from 'node:crypto'
import { account } from '../state/seed.ts'
import type { OAuthClient } from './oauth-consent.ts'

/** How long it is good; seconds (reference amocrm.md 14.7). */
const lifetime = 30 * 60

/** HS256 with the integration's secret; `aud` is scheme and host of the redirect URI unless told otherwise. `now` is epoch ms. */
export function disposableToken(about: {
  readonly user: { readonly id: number; readonly admin: boolean }
  readonly audience: string | undefined
  readonly account: { readonly subdomain: string }
  readonly baseDomain: string
  readonly oauth: OAuthClient
  readonly now: number
}): string {
  const seconds = Math.floor(about.now / 1000)
  const head = encode({ typ: 'JWT', alg: 'HS256' })
  const body = encode({
    iss: `https://${about.account.subdomain}.${about.baseDomain}`,
    aud: about.audience ?? new URL(about.oauth.redirectUri).origin,
    jti: randomUUID(),
    iat: seconds,
    nbf: seconds,
    exp: seconds + lifetime,
    account_id: account.id,
    user_id: about.user.id,
    subdomain: about.account.subdomain,
    client_uuid: about.oauth.id,
    is_admin: about.user.admin,
  })
  const signature = createHmac('sha256', about.oauth.secret).update(`${head}.${body}`).digest('base64url')
  return `${head}.${body}.${signature}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
