import { expect, test } from 'vitest'
import { factsOf } from './_settings.ts'
import type { HookPoint, HookValues } from './hook-points.ts'
import { hooked, noHooks, type RegistrationHooks } from './hooks.ts'

const context = { call: factsOf() }
const answering = (answer: unknown): RegistrationHooks => ({ has: () => true, run: async () => answer })
const lead: HookValues['lead-creation'] = {
  name: 'Звонок',
  client: { kind: 'contact', id: 1 },
  createdAt: 0,
  uniq: 'main/1',
}

test('given nobody who has written a script, then every value stays', async () => {
  expect(await hooked(noHooks, 'lead-creation', lead, context)).toBe(lead)
})

test('given a script, when it changes what it may, then the rest stays', async () => {
  const answer = { name: 'Опт', pipeline: 9, uniq: 'other', client: { kind: 'contact', id: 2 } }
  expect(await hooked(answering(answer), 'lead-creation', lead, context)).toEqual({ ...lead, name: 'Опт', pipeline: 9 })
})

test.each<[string, HookPoint, unknown]>([
  ['nothing', 'lead-creation', undefined],
  ['another type', 'lead-creation', 'no'],
  ['a field of the wrong type', 'lead-creation', { pipeline: 'main' }],
  ['a text where yes or no was asked', 'need-registration', 'no'],
])('given a script that answers %s, then the value stays', async (_given, point, answer) => {
  const value = point === 'need-registration' ? true : lead
  expect(await hooked(answering(answer), point, value as HookValues[typeof point], context)).toBe(value)
})

test('given a script that fails, then the value stays', async () => {
  const failing: RegistrationHooks = { has: () => true, run: () => Promise.reject(new Error('timeout')) }
  expect(await hooked(failing, 'need-registration', true, context)).toBe(true)
})
