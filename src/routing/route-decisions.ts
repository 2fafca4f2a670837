import type { Decision } from '../store/crm-state-ports.ts'
import type { Route } from './route.ts'

/** What the journal keeps of a routing answer: everybody who was passed over, in order, then where the call went. Pure. */
export function routeDecisions(route: Route, at: number): readonly Decision[] {
  const skips = route.skipped.map(({ named, why, user, extension }) => ({
    at,
    about: 'route',
    code: `skipped-${why}`,
    facts: { named, ...(user !== undefined && { user }), ...(extension !== undefined && { extension }) },
  }))
  const facts: Decision['facts'] = route.kind === 'ring' ? { extension: route.extension, seconds: route.seconds } : {}
  return [...skips, { at, about: 'route', code: route.why, facts }]
}
