import { jwtClaims } from './jwt-claims.ts'
import { accountOrigin } from './origin.ts'
import { createListeners, type TokenSource } from './token-source.ts'

export interface LongLivedOptions {
  /** `acme`, `acme.amocrm.ru` or the full address; http only to this machine itself. */
  readonly account: string
  readonly token: string
  /** The token as the configuration has it now; undefined or a throw: it cannot be said. */
  readonly reread?: () => string | undefined
}

const CURE =
  'make a new long-lived token in the integration\'s "Keys and scopes" and put it into crm.token; no restart is needed'

/**
 * The long-lived token of a private integration (reference amocrm.md 1.6). It cannot be refreshed: once it is refused the configuration is
 * read again, so that a new one is taken without a restart.
 * @throws RangeError when `account` is no address a token may be sent to
 */
export function longLivedToken({ account, token, reread }: LongLivedOptions): TokenSource {
  const origin = accountOrigin(account)
  const renewed = createListeners()
  let current = token
  let refusedToken: string | undefined

  const look = (): boolean => {
    const written = rereadOrUndefined(reread)
    if (written === undefined || written === current) return false
    current = written
    renewed.tell()
    return true
  }
  return {
    grant: async () => ({ origin, token: current }),
    async refused(grant) {
      // Somebody else's request may have met the same refusal a moment before and found the new one.
      if (grant.token !== current) return true
      refusedToken = current
      return look()
    },
    accepted(grant) {
      if (grant.token === refusedToken) refusedToken = undefined
    },
    async lookAgain() {
      if (refusedToken === current) look()
    },
    status() {
      const { exp } = jwtClaims(current)
      const needsPerson = refusedToken === current ? CURE : undefined
      return {
        kind: 'long-lived',
        host: origin.host,
        needsPerson,
        expiresAt: exp === undefined ? undefined : exp * 1000,
      }
    },
    onRenewed: renewed.add,
  }
}

function rereadOrUndefined(reread: (() => string | undefined) | undefined): string | undefined {
  try {
    return reread?.()
  } catch {
    // A configuration somebody is in the middle of editing: the next look comes soon.
    return undefined
  }
}
