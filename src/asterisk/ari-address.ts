/** Where ARI is and who we are there. */
export interface AriAddress {
  /** `http://127.0.0.1:8088`, with Asterisk's `prefix` from http.conf as path when it has one; `https:` for TLS. */
  readonly url: string
  readonly user: string
  readonly password: string
  /** Name of the Stasis application; the generated dialplan uses the same one. */
  readonly application: string
}

/** REST resource under `/ari/`, without a leading slash: `channels`, `applications/callweave/eventFilter`. */
export function ariResource(address: AriAddress, resource: string): URL {
  const base = address.url.replace(/\/+$/, '')
  return new URL(`${base}/ari/${resource}`)
}

/** `subscribeAll` stays off: it can deadlock Asterisk on disconnect (reference ari.md 2.3). */
export function ariEvents(address: AriAddress): URL {
  const url = ariResource(address, 'events')
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.searchParams.set('app', address.application)
  return url
}

/** In a header, never as `api_key` in the address: addresses end up in logs. */
export function ariAuthorization(address: AriAddress): string {
  return `Basic ${Buffer.from(`${address.user}:${address.password}`, 'utf8').toString('base64')}`
}
