import { randomBytes } from 'node:crypto'
import type { Middleware } from 'koa'
import type { Logger } from 'pino'
import { createDigest, type DigestSecret } from './digest.ts'
import { mayCarryTokens } from './networks.ts'
import { createThrottle } from './throttle.ts'

export interface Administrator {
  readonly login: string
  /** What Digest needs of the password; missing where the file has only the hash for the page of settings. */
  readonly digest?: { readonly md5: Revealed; readonly sha256: Revealed } | undefined
}

interface Revealed {
  reveal(): string
}

export interface AdministratorsDeps {
  /** As the configuration has them at this moment. */
  readonly administrators: () => readonly Administrator[]
  readonly log: Logger
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** A person mistypes, a script with an old password tries once a run; more is guessing. */
const WRONG_TRIES = { most: 10, windowMs: 60_000 }

/**
 * Lets administrators in by HTTP Digest (`curl --digest -u LOGIN`); the login is in `ctx.state.administrator` then. One guard serves all doors,
 * so that wrong tries are counted together. 401 with a challenge for SHA-256 and one for MD5; 403 from outside without TLS; 429 after ten
 * wrong tries of an address within a minute.
 */
export function administratorsOnly({ administrators, log, now }: AdministratorsDeps): Middleware {
  const digest = createDigest({
    secrets: { get: (login) => secretOf(administrators(), login) },
    key: randomBytes(32),
    now,
  })
  const throttle = createThrottle({ ...WRONG_TRIES, now })

  return async (ctx, next) => {
    const address = ctx.req.socket.remoteAddress
    // Digest keeps the password to itself, but not what is asked for and answered.
    if (!mayCarryTokens(ctx.req))
      ctx.throw(403, 'Use https: logins from outside the own network must not travel in the clear.')
    const wait = throttle.waitSeconds(address)
    if (wait > 0) {
      ctx.set('Retry-After', String(wait))
      ctx.throw(429, `Too many wrong logins from your address; try again in ${wait} s.`)
    }
    const verdict = digest({
      method: ctx.method,
      target: ctx.req.url ?? '',
      authorization: ctx.req.headers.authorization,
    })
    if (verdict.kind === 'login') {
      ctx.state['administrator'] = verdict.login
      return next()
    }
    if (verdict.tried) {
      throttle.failed(address)
      log.warn({ address, path: ctx.path }, 'a login of an administrator was refused')
    }
    ctx.set('WWW-Authenticate', [...verdict.challenges])
    ctx.throw(401, cure(administrators()))
  }
}

function secretOf(administrators: readonly Administrator[], login: string): DigestSecret | undefined {
  const digest = administrators.find((administrator) => administrator.login === login)?.digest
  return digest && { md5: digest.md5.reveal(), sha256: digest.sha256.reveal() }
}

function cure(administrators: readonly Administrator[]): string {
  return administrators.some(({ digest }) => digest !== undefined)
    ? 'Log in as an administrator with HTTP Digest (curl --digest -u LOGIN).'
    : 'No administrator has a password for this door yet; "callweave setup --password LOGIN" on the server makes one.'
}
