import { createHash } from 'node:crypto'
import { CrmThrottled, CrmUnauthorised, CrmUnreachable } from '../errors.ts'
import type { ApiLog } from './api.ts'
import { jwtClaims } from './jwt-claims.ts'
import { GrantRefused, type OAuthEndpoint, type OAuthGrant, withNothingWritten } from './oauth-endpoint.ts'
import { accountOrigin, isSameHouse } from './origin.ts'
import type { TokenFile, TokenPair } from './token-file.ts'
import { createListeners, type TokenSource } from './token-source.ts'

export interface OAuthOptions {
  /** As configured: `acme.amocrm.ru`, a Kommo address … */
  readonly account: string
  readonly clientId: string
  readonly endpoint: OAuthEndpoint
  readonly file: TokenFile
  /** The authorisation code as the configuration has it now. */
  readonly code: () => string | undefined
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: ApiLog
}

export interface OAuthTokens extends TokenSource {
  /** Begins anew with a code an administrator was given. @throws CrmError; GrantRefused when the code is worth nothing */
  authorise(code: string, signal: AbortSignal): Promise<void>
}

/** So long before its end a token is replaced: a request may wait long for its turn. The CRM's own last a day. */
const AHEAD_MS = 3_600_000
/** Between two tries that failed for the network's sake. */
const AGAIN_MS = 10_000
/** Nothing at that address says nothing about the token: a renamed account, or a network that answers in the CRM's place. */
const NOT_THERE = 404
/** A person has to act; asking now and then notices it. */
const REST_MS = 60_000

const CURE =
  'make a new authorisation code in the integration\'s "Keys and scopes" and run `callweave crm authorise --code CODE` within 20 minutes (or put it into crm.oauth.code); no restart is needed'

/**
 * The rotating pair of OAuth (reference amocrm.md 1.3 to 1.5). One refresh at a time; the new pair is on disk before it is used, for the old refresh token
 * is dead then; the same refresh token is tried again only when the network failed. When it is refused, and the account was not merely renamed, a person is
 * needed: everybody waits, nothing is lost.
 * @throws RangeError when `account` is no address a token may be sent to
 */
export function oauthTokens(options: OAuthOptions): OAuthTokens {
  const { clientId, endpoint, file, now, log } = options
  const configured = accountOrigin(options.account)
  const renewed = createListeners()
  let pair: TokenPair | undefined
  let loaded: Promise<void> | undefined
  let dead: string | undefined
  let underWay: Promise<void> | undefined
  let notBefore = 0
  /** Codes that were refused: each is tried once. */
  const spent = new Set<string>()
  const exchanges = new Map<string, Promise<void>>()

  async function load(): Promise<void> {
    const found = await file.load()
    // After a renaming the configuration may still have the old address, or have the new one by now.
    const ours = [found?.account, found?.origin].includes(configured.origin)
    if (found?.clientId !== clientId || !ours) return
    const origin = URL.parse(found.origin)
    if (origin && isSameHouse(origin, configured)) pair = found
  }

  /** Everybody who needs a new pair waits for the same request: two refreshes at once kill each other. */
  function single(work: () => Promise<void>): Promise<void> {
    underWay ??= work().finally(() => {
      underWay = undefined
    })
    return underWay
  }

  async function keep(origin: URL, grant: OAuthGrant, code: string): Promise<void> {
    const given = await endpoint.exchange(origin, grant, unstoppable)
    const fresh = {
      clientId,
      account: configured.origin,
      origin: origin.origin,
      access: given.access_token,
      refresh: given.refresh_token,
      expiresAt: now() + given.expires_in * 1000,
      code,
    }
    try {
      await file.save(fresh)
    } catch (error) {
      // It is the only pair that is alive: this process goes on with it.
      log.warn(
        { err: error },
        'the new pair of CRM tokens could not be saved; a restart would need a new authorisation',
      )
    }
    pair = fresh
    dead = undefined
    notBefore = 0
    renewed.tell()
  }

  async function refresh(old: TokenPair): Promise<void> {
    const grant = { grant_type: 'refresh_token', refresh_token: old.refresh } as const
    try {
      await keep(new URL(old.origin), grant, old.code)
    } catch (error) {
      notBefore = now() + AGAIN_MS
      if (!(error instanceof GrantRefused)) throw error
      const moved = await whereNow(old)
      if (moved === undefined && error.status === NOT_THERE) throw new CrmUnreachable(`${error.message}; check crm.url`)
      if (moved === undefined) return die(error.message)
      log.warn({ from: old.origin, to: moved.origin }, 'the CRM account has another address now')
      await keep(moved, grant, old.code).catch((again: unknown) => {
        if (!(again instanceof GrantRefused)) throw again
        die(again.message)
      })
    }
  }

  function die(reason: string): void {
    dead = reason
    log.warn({ reason, cure: CURE }, 'the CRM authorisation has ended; calls wait until somebody renews it')
  }

  function notTooOften(): void {
    const wait = notBefore - now()
    if (wait > 0) throw new CrmThrottled('the CRM gave no new token a moment ago; it is asked again soon', wait)
  }

  async function whereNow(old: TokenPair): Promise<URL | undefined> {
    const domain = jwtClaims(old.access).api_domain
    const shared = domain === undefined ? undefined : URL.parse(`${configured.protocol}//${domain}`)
    if (!shared || !isSameHouse(shared, configured)) return undefined
    const host = await endpoint.currentHost(shared, old.refresh, unstoppable)
    const moved = host === undefined ? undefined : URL.parse(`${configured.protocol}//${host}`)
    return moved && isSameHouse(moved, configured) && moved.origin !== old.origin ? new URL(moved.origin) : undefined
  }

  async function authorise(code: string, signal: AbortSignal): Promise<void> {
    loaded ??= load()
    await loaded
    const digested = digest(code)
    const exchange = exchanges.get(digested) ?? exchangeCode(code, digested)
    exchanges.set(digested, exchange)
    await within(exchange, signal)
  }

  /** A code is good once: who comes with it while it is exchanged shares the exchange. */
  async function exchangeCode(code: string, digested: string): Promise<void> {
    try {
      while (underWay) await underWay.catch(() => undefined)
      const place = pair === undefined ? configured : new URL(pair.origin)
      await single(() => keep(place, { grant_type: 'authorization_code', code }, digested))
    } catch (error) {
      if (error instanceof GrantRefused) spent.add(digested)
      throw error
    } finally {
      exchanges.delete(digested)
    }
  }

  /** The configured code, unless it was used or refused already. */
  function freshCode(): string | undefined {
    const code = options.code()
    return code === undefined || digest(code) === pair?.code || spent.has(digest(code)) ? undefined : code
  }

  async function begin(signal: AbortSignal): Promise<void> {
    const code = freshCode()
    if (code === undefined) return
    try {
      await authorise(code, signal)
    } catch (error) {
      if (!(error instanceof GrantRefused)) throw error
      if (pair === undefined) die(error.message)
    }
  }

  async function alive(signal: AbortSignal): Promise<TokenPair> {
    loaded ??= load()
    await loaded
    if (pair === undefined) await begin(signal)
    if (pair === undefined || dead !== undefined) throw new CrmUnauthorised(`${dead ?? NONE}: ${CURE}`, REST_MS)
    const held = pair
    const serves = now() < held.expiresAt
    if (serves && (now() < held.expiresAt - AHEAD_MS || now() < notBefore)) return held
    if (!serves) notTooOften()
    const work = single(() => refresh(held))
    if (serves) {
      // The old one still serves: nobody waits.
      work.catch((error: unknown) => log.warn({ err: error }, 'the CRM token could not be refreshed ahead of time'))
      return held
    }
    await within(work, signal)
    if (pair === held || dead !== undefined) throw new CrmUnauthorised(`${dead ?? NONE}: ${CURE}`, REST_MS)
    return pair
  }

  return {
    authorise,
    async grant(signal) {
      try {
        const { origin, access } = await alive(signal)
        return { origin: new URL(origin), token: access }
      } catch (error) {
        throw withNothingWritten(error)
      }
    },
    async refused(grant, signal) {
      const held = pair
      if (held === undefined || dead !== undefined) return false
      if (held.access !== grant.token) return true
      try {
        notTooOften()
        await within(
          single(() => refresh(held)),
          signal,
        )
      } catch (error) {
        throw withNothingWritten(error)
      }
      return pair !== held && dead === undefined
    },
    accepted: () => undefined,
    async lookAgain(signal) {
      try {
        loaded ??= load()
        await loaded
        if (pair === undefined || dead !== undefined) await begin(signal)
      } catch (error) {
        log.warn({ err: error }, 'the CRM could not be asked about a new authorisation code')
      }
    },
    status: () => ({
      kind: 'oauth',
      host: pair === undefined ? configured.host : new URL(pair.origin).host,
      needsPerson: dead === undefined && pair !== undefined ? undefined : `${dead ?? NONE}: ${CURE}`,
      expiresAt: pair?.expiresAt,
    }),
    onRenewed: renewed.add,
  }
}

/** A refresh goes on whoever stops waiting for it: broken off, it could cost the only pair that is alive. */
const unstoppable = new AbortController().signal

async function within(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(new CrmUnreachable('stopped while a token was waited for', { cause: signal.reason }))
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

const NONE = 'the CRM has not authorised this integration yet'

function digest(code: string): string {
  return createHash('sha256').update(code).digest('hex')
}
