import ariClient, { type Client } from 'ari-client'
import { z } from 'zod'
import { type AriAddress, ariResource } from './ari-address.ts'
import { type AriRoute, throughRoute } from './ari-client-transport.ts'
import { AriError } from './ari-error.ts'
import { type AriHttp, createAriHttp } from './ari-http.ts'

export interface AriConnection extends Disposable {
  /**
   * One operation of `ari-client`, as a promise of our own.
   * @throws AriError always: it gives bluebird promises, throws synchronously, and rejects with strings, errors and nothing at all.
   */
  call<T>(operation: (client: Client) => PromiseLike<T>): Promise<T>
  /**
   * Asks Asterisk who it is, and reads its API documents when they are not those of this very Asterisk process.
   * @throws AriError `refused`: an administrator must act; `loading` or without a status: try again.
   */
  connect(): Promise<AsteriskIdentity>
}

export interface AsteriskIdentity {
  /** `22.10.1`, with whatever the distribution appends. */
  readonly version: string
  /** When it was started, as it tells it; changes with every restart. */
  readonly startedAt: string
  /** Asterisk's clock minus ours in milliseconds, from a `Date` header of whole seconds: good to half a second. */
  readonly roughClockSkewMs: number
}

const Info = z.object({
  system: z.object({ version: z.string() }),
  status: z.object({ startup_time: z.string() }),
})

/** Longest wait for the answer to a command. */
const COMMAND_MS = 5_000
/** A dozen documents, measured 90 ms; an Asterisk that is starting takes its time. */
const DOCUMENTS_MS = 15_000

/** `ari-client` for one Asterisk, connected as often as needed and never by itself. */
export function createAriConnection(address: AriAddress, now: () => number): AriConnection {
  const http = createAriHttp(address)
  const route: AriRoute = { http, timeoutMs: COMMAND_MS, address: (made) => reached(address, made) }
  let loaded: { readonly client: Client; readonly startedAt: string } | undefined

  return {
    call: (operation) =>
      new Promise((resolve, reject) => {
        const failed = (reason: unknown) => reject(asAriError(reason))
        try {
          if (!loaded) throw new AriError('not connected to Asterisk')
          const { client } = loaded
          throughRoute(route, () => operation(client)).then(resolve, failed)
        } catch (reason) {
          failed(reason)
        }
      }),
    async connect() {
      const identity = await identify(http, address, now)
      // An Asterisk that was upgraded may have other operations: its documents are read anew.
      if (loaded?.startedAt !== identity.startedAt) {
        loaded = { client: await throughRoute(route, () => loadClient(address)), startedAt: identity.startedAt }
      }
      return identity
    },
    [Symbol.dispose]() {
      loaded = undefined
      http[Symbol.dispose]()
    },
  }
}

/** ari-client builds its addresses as `<host>/ari/…`; we know where that is. */
function reached(address: AriAddress, made: URL): URL {
  const url = ariResource(address, made.pathname.replace(/^.*?\/ari\//, ''))
  url.search = made.search
  return url
}

/** Also the test that says clearly what ari-client would not: 401, 404, 503, nobody there. */
async function identify(http: AriHttp, address: AriAddress, now: () => number): Promise<AsteriskIdentity> {
  const asked = now()
  const url = ariResource(address, 'asterisk/info')
  const { status, headers, body } = await http.send({ method: 'GET', url, timeoutMs: COMMAND_MS })
  if (status !== 200) throw new AriError(`GET ${url.pathname}: HTTP ${status}`, status)
  const info = Info.safeParse(parseJson(body))
  if (!info.success) throw new AriError(`GET ${url.pathname}: this is not Asterisk's answer`)
  const date = Date.parse(String(headers['date'] ?? ''))
  return {
    version: info.data.system.version,
    startedAt: info.data.status.startup_time,
    roughClockSkewMs: Number.isNaN(date) ? 0 : date + 500 - (asked + now()) / 2,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `connect` of ari-client can stay silent for ever (its first probe has no time-out). */
function loadClient(address: AriAddress): Promise<Client> {
  return new Promise((resolve, reject) => {
    const silence = new AriError(`API documents: no answer within ${DOCUMENTS_MS} ms`)
    const timer = setTimeout(() => reject(silence), DOCUMENTS_MS)
    const failed = (reason: unknown) => {
      clearTimeout(timer)
      reject(new AriError(`API documents: ${asAriError(reason).message}`, asAriError(reason).status))
    }
    ariClient.connect(address.url, address.user, address.password).then((client) => {
      clearTimeout(timer)
      resolve(client)
    }, failed)
  })
}

function asAriError(reason: unknown): AriError {
  if (reason instanceof AriError) return reason
  const message = reason instanceof Error ? reason.message : String(reason ?? 'no reason given')
  return new AriError(message, undefined, { cause: reason })
}
