import type { z } from 'zod'
import { CrmAnswerMalformed } from '../errors.ts'
import { readAnswer } from './answer.ts'
import { createGate } from './gate.ts'
import { Page } from './schema.ts'
import type { HttpRequest, Transport } from './transport.ts'

/** Spaces requests, the more urgent first. The outbox's pace is one. */
export interface Pace {
  run<T>(urgency: Urgency, request: () => Promise<T>): Promise<T>
}
export type Urgency = 'live' | 'index'

export interface ApiLog {
  warn(fields: object, message: string): void
}

export interface ApiDeps {
  /** Address of the account without a path. */
  readonly origin: URL
  readonly token: string
  readonly pace: Pace
  readonly transport: Transport
  readonly now: () => number
  readonly log: ApiLog
}

/** Pairs as in a query string; PHP's brackets belong to the name. */
export type Query = readonly (readonly [name: string, value: string | number])[]

export interface Call {
  readonly signal: AbortSignal
  readonly urgency?: Urgency
}

export interface Api {
  /** `undefined`: nothing there (204). */
  get(path: string, query: Query, call: Call): Promise<unknown>
  post(path: string, body: unknown, call: Call): Promise<unknown>
  /** Pages of a list, following the CRM's own links. */
  pages(path: string, query: Query, call: Call): AsyncGenerator<Page>
  /** The entries of a page; one that cannot be read is logged and left out, it must not stop the others. */
  entries<T>(page: Page, name: string, schema: z.ZodType<T>): readonly T[]
  /** CRM clock minus ours from the last answer's Date header, milliseconds; undefined before the first one. */
  skewMs(): number | undefined
}

/** Requests to one amoCRM account: authorised, paced, and every kind of answer told apart. */
export function createApi({ origin, token, pace, transport, now, log }: ApiDeps): Api {
  const gate = createGate(now, log)
  let skew: number | undefined

  async function request(request: HttpRequest, { signal, urgency = 'live' }: Call): Promise<unknown> {
    const answer = await pace.run(urgency, async () => {
      gate.check()
      const sentAt = now()
      const answer = await transport(request, signal)
      // The Date header has whole seconds and was written somewhere between sending and receiving.
      const date = Date.parse(answer.headers.date ?? '')
      if (!Number.isNaN(date)) skew = Math.round(date + 500 - (sentAt + now()) / 2)
      return answer
    })
    const reading = readAnswer(answer, `${request.method} ${request.url.pathname}`)
    if (reading.kind === 'content') {
      gate.passed()
      return reading.json
    }
    const seconds = Number(answer.headers['retry-after'])
    throw gate.refused(reading.refusal, reading.message, Number.isNaN(seconds) ? undefined : seconds * 1000)
  }

  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'user-agent': 'Callweave' }

  function get(path: string, query: Query, call: Call): Promise<unknown> {
    return request({ method: 'GET', url: address(path, query), headers }, call)
  }

  function post(path: string, body: unknown, call: Call): Promise<unknown> {
    const json = { ...headers, 'content-type': 'application/json' }
    return request({ method: 'POST', url: address(path, []), headers: json, body: JSON.stringify(body) }, call)
  }

  async function* pages(path: string, query: Query, call: Call): AsyncGenerator<Page> {
    let url: URL | undefined = address(path, query)
    while (url) {
      const json = await request({ method: 'GET', url, headers }, call)
      if (json === undefined) return
      const page = Page.safeParse(json)
      if (!page.success) throw new CrmAnswerMalformed(`GET ${url.pathname}: not a list`, { cause: page.error })
      yield page.data
      url = nextPage(page.data, url)
    }
  }

  function nextPage(page: Page, current: URL): URL | undefined {
    const href = page._links?.next?.href
    if (href === undefined) return undefined
    const next = URL.parse(href, origin.href)
    // The token goes to the account's own host and to nobody else; a link to itself would never end.
    if (next?.origin === origin.origin && next.href !== current.href) return next
    throw new CrmAnswerMalformed(`GET ${current.pathname}: the next page is elsewhere`)
  }

  function entries<T>(page: Page, name: string, schema: z.ZodType<T>): readonly T[] {
    return (page._embedded[name] ?? []).flatMap((entry) => {
      const parsed = schema.safeParse(entry)
      if (parsed.success) return [parsed.data]
      log.warn({ list: name, problem: parsed.error.issues[0] }, 'CRM sent an entry that cannot be read')
      return []
    })
  }

  function address(path: string, query: Query): URL {
    const url = new URL(path, origin)
    for (const [name, value] of query) url.searchParams.append(name, String(value))
    return url
  }

  return { get, post, pages, entries, skewMs: () => skew }
}
