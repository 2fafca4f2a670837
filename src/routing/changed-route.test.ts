import { expect, test } from 'vitest'
import { facts, line } from './_route-facts.ts'
import { type ChangeRoute, changedRoutes } from './changed-route.ts'
import { chooseRoute, type LineRule, type Route } from './route.ts'

const asked = (rule: LineRule) => ({ line: rule, did: '7001', number: '+79221532327', displayName: '', at: 10_000 })
const routed = (change: ChangeRoute, rule: LineRule = line): Promise<Route> =>
  changedRoutes(async () => chooseRoute(facts({ line: rule })), change)(asked(rule))
const usual = chooseRoute(facts())

test('given a script that changes nothing, when asked, then the route stays', async () => {
  expect(await routed(async () => undefined)).toEqual(usual)
})

test('given a script that names another phone, when asked, then it rings, and the reason says who chose it', async () => {
  const route = await routed(async (proposal) => ({ ...proposal, extension: '109', callerName: 'VIP' }))
  expect(route).toMatchObject({ kind: 'ring', why: 'chosen-by-hook', extension: '109', seconds: 15, callerName: 'VIP' })
})

test('given a script that changes the time only, when asked, then the reason stays', async () => {
  expect(await routed(async (proposal) => ({ ...proposal, ringSeconds: 5 }))).toEqual({ ...usual, seconds: 5 })
})

test('given a script that names nobody, when asked, then the default route is taken', async () => {
  const route = await routed(async (proposal) => ({ ...proposal, extension: '' }))
  expect(route).toMatchObject({ kind: 'default', why: 'default-by-hook' })
})

test('given a script that does not answer, when asked, then the route leaves in half of the caller’s time', async () => {
  const begun = performance.now()
  expect(await routed(() => new Promise(() => undefined), { ...line, decisionSeconds: 0.2 })).toMatchObject({
    kind: 'ring',
    extension: '103',
  })
  expect(performance.now() - begun).toBeLessThan(190)
})

test('given a line that keeps its own route, when asked, then no script is', async () => {
  const change = async () => expect.unreachable('nobody is to be asked')
  expect(await routed(change, { ...line, routing: false })).toMatchObject({ why: 'line-keeps-default-route' })
})
