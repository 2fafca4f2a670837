import { expect, test } from 'vitest'
import type { IndexedClient } from '../store/ports.ts'
import { chooseRoute, type LineRule, type RouteFacts } from './route.ts'

const contact: IndexedClient = {
  kind: 'contact',
  id: 501,
  name: 'Иван Петров',
  owner: 7_000_001,
  keys: ['9221532327'],
  updatedAt: 0,
}
const company: IndexedClient = { ...contact, kind: 'company', id: 400, name: 'Ромашка', owner: 7_000_002 }
const line: LineRule = { mode: 'on', routing: 'responsible', ringSeconds: 15, decisionSeconds: 1.5 }

function route(change: Partial<RouteFacts> = {}) {
  const extensionOf = (user: number) => (user === 7_000_001 ? '101' : undefined)
  return chooseRoute({ line, clients: [contact], open: true, indexComplete: true, extensionOf, ...change })
}

test('given a known client whose owner has a phone, when asked, then that phone rings first under the client’s name', () => {
  expect(route()).toEqual({
    kind: 'ring',
    why: 'responsible',
    extension: '101',
    seconds: 15,
    callerName: 'Иван Петров',
  })
})

test('given a line that keeps its default route, when a known client calls, then only the name is told', () => {
  expect(route({ line: { ...line, routing: 'default' } })).toEqual({
    kind: 'default',
    why: 'line-keeps-default-route',
    callerName: 'Иван Петров',
  })
})

test('given a line or service that only watches, when asked, then the call is left alone', () => {
  expect(route({ line: { ...line, mode: 'watch' } })).toEqual({ kind: 'default', why: 'line-not-on' })
  expect(route({ line: { ...line, mode: 'off' } })).toEqual({ kind: 'default', why: 'line-not-on' })
})

test('given an index that is still being filled, when nobody is found, then absence is not called unknown', () => {
  expect(route({ clients: [], indexComplete: false })).toEqual({ kind: 'default', why: 'index-not-complete' })
  expect(route({ clients: [] })).toEqual({ kind: 'default', why: 'unknown-client' })
})

test('given a company and a contact with one number, when asked, then the contact’s owner counts', () => {
  expect(route({ clients: [company, contact] })).toMatchObject({ kind: 'ring', extension: '101' })
})

test('given an owner without a phone here, when asked, then the default route is taken with the name', () => {
  expect(route({ clients: [company] })).toEqual({
    kind: 'default',
    why: 'owner-has-no-extension',
    callerName: 'Ромашка',
  })
})

test('given a line that is closed, when a known client calls, then nobody is rung and the name is told', () => {
  expect(route({ open: false })).toEqual({ kind: 'default', why: 'outside-hours', callerName: 'Иван Петров' })
})
