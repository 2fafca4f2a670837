import { setTimeout as sleep } from 'node:timers/promises'
import type { Asked, FindResponsible } from './responsible.ts'
import type { Route } from './route.ts'

/** What a customer's script may make of an answer. */
export interface RouteProposal {
  /** Empty: the PBX's own route. */
  readonly extension: string
  readonly ringSeconds: number
  readonly callerName?: string
}

/** Resolves with undefined when the proposal stays. Never rejects. */
export type ChangeRoute = (proposal: RouteProposal, asked: Asked, route: Route) => Promise<RouteProposal | undefined>

/** Of the time a caller waits: the rest is for finding the client and for the way there and back. */
const SHARE = 0.5

/** The same finder, whose answers a script may change; one that does not make it in time changes nothing. Lines that keep their own route are left alone. */
export function changedRoutes(find: FindResponsible, change: ChangeRoute): FindResponsible {
  return async (asked) => {
    const route = await find(asked)
    const { line } = asked
    if (line.mode !== 'on' || !line.routing) return route
    const proposal = proposalOf(route, line.ringSeconds)
    const enough = new AbortController()
    const tooLate = sleep(line.decisionSeconds * 1000 * SHARE, undefined, { signal: enough.signal }).catch(
      () => undefined,
    )
    const changed = await Promise.race([change(proposal, asked, route), tooLate])
    enough.abort()
    return changed ? routeOf(changed, proposal, route) : route
  }
}

function proposalOf(route: Route, ringSeconds: number): RouteProposal {
  const name = route.callerName === undefined ? {} : { callerName: route.callerName }
  return route.kind === 'ring'
    ? { extension: route.extension, ringSeconds: route.seconds, ...name }
    : { extension: '', ringSeconds, ...name }
}

function routeOf({ extension, ringSeconds, callerName }: RouteProposal, before: RouteProposal, route: Route): Route {
  const name = callerName ? { callerName } : {}
  const { skipped } = route
  if (extension === before.extension) {
    return route.kind === 'ring' ? { ...route, seconds: ringSeconds, ...name } : { ...route, ...name }
  }
  return extension === ''
    ? { kind: 'default', why: 'default-by-hook', ...name, skipped }
    : { kind: 'ring', why: 'chosen-by-hook', extension, seconds: ringSeconds, ...name, skipped }
}
