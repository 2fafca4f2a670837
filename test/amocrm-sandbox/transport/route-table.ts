import { type Answer, notFound, problem } from './answer.ts'
import type { PhpArray } from './bracket-query.ts'
import type { Door } from './doors.ts'

/** A request that passed limiter and authorisation. */
export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly query: PhpArray
  readonly rawQuery: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly door: Door
  readonly contentType: string
  readonly body: string
  /** Owner of the token; 0 on routes without authorisation. */
  readonly user: number
  readonly admin: boolean
  /** Scheme, host and port for `_links`. */
  readonly base: string
  /** Parts of the path named in the pattern. */
  readonly params: Readonly<Record<string, string>>
}

export interface Route {
  readonly method: string
  /** `{id}`-like parts are digits, `{uid}` is hexadecimal or a lower-case identifier. */
  readonly pattern: string
  readonly handle: (request: ApiRequest) => Answer
}

/** Finds and runs the route; unknown paths are 404, known ones with another method 405. */
export function createRouteTable(routes: readonly Route[]): (request: Omit<ApiRequest, 'params'>) => Answer {
  const compiled = routes.map((route) => ({ ...route, matcher: compile(route.pattern) }))

  return (request) => {
    let known = false
    for (const route of compiled) {
      const match = route.matcher.exec(request.path)
      if (match === null) continue
      known = true
      if (route.method === request.method) return route.handle({ ...request, params: { ...match.groups } })
    }
    return known ? problem(405, 'Method Not Allowed') : notFound
  }
}

/** Value of a named numeric part. */
export function idParam(request: ApiRequest, name = 'id'): number {
  return Number(request.params[name])
}

function compile(pattern: string): RegExp {
  const source = pattern.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'uid' ? '(?<uid>[0-9a-z]{20,})' : `(?<${name}>\\d+)`,
  )
  return new RegExp(`^${source}$`)
}
