import type { z } from 'zod'
import { CrmAnswerMalformed } from '../errors.ts'
import { readAnswer } from './answer.ts'
import { createGate } from './gate.ts'
import { Page } from './schema.ts'
import type { Grant, TokenSource } from './token-source.ts'
import type { HttpAnswer, HttpRequest, Transport } from './transport.ts'

/** Spaces requests, the more urgent first. The outbox's pace is one. */
export interface Pace {
  run<T>(urgency: Urgency, request: () => Promise<T>): Promise<T>
}
export type Urgency = 'live' | 'index'

export interface ApiLog {
  warn(fields: object, message: string): void
}

export interface ApiDeps {
  readonly tokens: TokenSource
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
  /** @param body as JSON; a function is asked when the request's turn has come */
  send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: unknown, call: Call): Promise<unknown>
  /** Pages of a list, following the CRM's own links. */
  pages(path: string, query: Query, call: Call): AsyncGenerator<Page>
  /** The entries of a page; one that cannot be read is logged and left out, it must not stop the others. */
  entries<T>(page: Page, name: string, schema: z.ZodType<T>): readonly T[]
  /** CRM clock minus ours from the last answer's Date header, milliseconds; undefined before the first one. */
  skewMs(): number | undefined
}

/** Where a request goes: below the account's address as it is known when the request leaves. */
type Place = { readonly path: string; readonly query: Query } | { readonly path: string; readonly search: string }

/** Requests to one amoCRM account: authorised, paced, and every kind of answer told apart. */
export function createApi({ tokens, pace, transport, now, log }: ApiDeps): Api {
  const gate = createGate(now, log)
  tokens.onRenewed(() => gate.reopen('unauthorised'))
  let skew: number | undefined

  /** A token that was refused is renewed and the request made once more: what met a 401 was certainly not executed. */
  async function request(method: HttpRequest['method'], place: Place, body: unknown, call: Call): Promise<unknown> {
    const grant = await tokens.grant(call.signal)
    const answer = await exchange(grant, method, place, body, call)
    if (answer.status !== 401 || !(await tokens.refused(grant, call.signal))) return told(grant, answer, method, place)
    const renewed = await tokens.grant(call.signal)
    return told(renewed, await exchange(renewed, method, place, body, call), method, place)
  }

  function exchange(grant: Grant, method: HttpRequest['method'], place: Place, body: unknown, call: Call) {
    const { signal, urgency = 'live' } = call
    return pace.run(urgency, async (): Promise<HttpAnswer> => {
      gate.check()
      const content: unknown = typeof body === 'function' ? body() : body
      const sentAt = now()
      const answer = await transport(
        {
          method,
          url: address(grant.origin, place),
          headers: { ...headersFor(grant), ...(content !== undefined && { 'content-type': 'application/json' }) },
          ...(content !== undefined && { body: JSON.stringify(content) }),
        },
        signal,
      )
      // The Date header has whole seconds and was written somewhere between sending and receiving.
      const date = Date.parse(answer.headers.date ?? '')
      if (!Number.isNaN(date)) skew = Math.round(date + 500 - (sentAt + now()) / 2)
      return answer
    })
  }

  function told(grant: Grant, answer: HttpAnswer, method: string, place: Place): unknown {
    const reading = readAnswer(answer, `${method} ${place.path}`)
    if (reading.kind === 'content') {
      gate.passed()
      tokens.accepted(grant)
      return reading.json
    }
    const seconds = Number(answer.headers['retry-after'])
    throw gate.refused(reading.refusal, reading.message, Number.isNaN(seconds) ? undefined : seconds * 1000)
  }

  const get = (path: string, query: Query, call: Call) => request('GET', { path, query }, undefined, call)

  const send: Api['send'] = (method, path, body, call) => request(method, { path, query: [] }, body, call)

  async function* pages(path: string, query: Query, call: Call): AsyncGenerator<Page> {
    let place: Place | undefined = { path, query }
    const visited = new Set<string>()
    while (place) {
      const json = await request('GET', place, undefined, call)
      if (json === undefined) return
      const page = Page.safeParse(json)
      if (!page.success) throw new CrmAnswerMalformed(`GET ${path}: not a list`, { cause: page.error })
      yield page.data
      place = await nextPage(page.data, path, visited, call)
    }
  }

  async function nextPage(page: Page, path: string, visited: Set<string>, call: Call): Promise<Place | undefined> {
    const href = page._links?.next?.href
    if (href === undefined) return undefined
    const { origin } = await tokens.grant(call.signal)
    const url = URL.parse(href, origin.href)
    // The token goes to the account's own host and to nobody else; a link to where we were would never end.
    if (url?.origin !== origin.origin || visited.has(url.href))
      throw new CrmAnswerMalformed(`GET ${path}: the next page is elsewhere`)
    visited.add(url.href)
    return { path: url.pathname, search: url.search }
  }

  function entries<T>(page: Page, name: string, schema: z.ZodType<T>): readonly T[] {
    return (page._embedded[name] ?? []).flatMap((entry) => {
      const parsed = schema.safeParse(entry)
      if (parsed.success) return [parsed.data]
      log.warn({ list: name, problem: parsed.error.issues[0] }, 'CRM sent an entry that cannot be read')
      return []
    })
  }

  return { get, send, pages, entries, skewMs: () => skew }
}

function headersFor({ token }: Grant): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}`, accept: 'application/json', 'user-agent': 'Callweave' }
}

function address(origin: URL, place: Place): URL {
  const url = new URL(place.path, origin)
  if ('search' in place) url.search = place.search
  else for (const [name, value] of place.query) url.searchParams.append(name, String(value))
  return url
}
