/** Which address a request came in by: the account's own host, one it had before, or the host all accounts share. */
export type Door = 'account' | 'left' | 'api'

export interface Doors {
  /** Scheme, host and port for `_links`; undefined when no account answers at this host. */
  baseOf(door: Door, host: string | undefined, path: string): string | undefined
}

/** All that the shared host is asked for. */
export const lookUp = '/oauth2/account/current/subdomain'

/**
 * Accounts live at hosts. A request to 127.0.0.1 is the account's by the port it came to; one with a name in its Host header must
 * have the account's present name, so that a renamed account is gone from its old host (reference amocrm.md 1.5).
 */
export function createDoors(
  account: { readonly subdomain: string },
  baseDomain: string,
  addressOf: (door: 'account' | 'api') => string,
): Doors {
  return {
    baseOf(door, host, path) {
      if (door === 'api') return path === lookUp ? addressOf(door) : undefined
      const named = /^([a-z0-9-]+)\.([a-z]+\.[a-z]+)(?::\d+)?$/.exec(host ?? '')
      if (named === null) return door === 'left' ? undefined : addressOf(door)
      const [, subdomain, domain] = named
      return subdomain === account.subdomain && domain === baseDomain ? `https://${named[1]}.${baseDomain}` : undefined
    },
  }
}
