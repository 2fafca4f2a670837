import { expect, test } from 'vitest'
import type { Policy } from '../rules/kind-rule.ts'
import { type ResponsibleFacts, responsible, whyResponsible } from './responsible.ts'

const anna = { extension: '101', user: 1 }
const boris = { extension: '102', user: 2 }
const hall = { extension: '555' }
const nobody: ResponsibleFacts = { talked: [], rang: [], users: [], draw: { turn: 0, random: 0 } }
const all: ResponsibleFacts = {
  ...nobody,
  talked: [anna, boris],
  rang: [boris, anna],
  cardOwner: 3,
  user: 4,
  users: [5, 6, 7],
  draw: { turn: 4, random: 0.99 },
  defaultUser: 9,
}

test.each<[Policy, number]>([
  ['last-talked', 2],
  ['first-talked', 1],
  ['last-rang', 1],
  ['first-rang', 2],
  ['card-owner', 3],
  ['user', 4],
  ['in-turn', 6],
  ['random', 7],
  ['default', 9],
])('given everybody, when the policy is %s, then user %i has the call', (policy, user) => {
  expect(responsible([policy], all)).toEqual({ user, person: user, policy })
})

test.each<[string, readonly Policy[], Partial<ResponsibleFacts>, number, Policy]>([
  ['nobody talked', ['last-talked', 'card-owner'], { cardOwner: 3 }, 3, 'card-owner'],
  ['the card belongs to nobody', ['card-owner', 'last-rang'], { cardOwner: 0, rang: [anna] }, 1, 'last-rang'],
  ['the list is empty', ['in-turn', 'random', 'default'], { defaultUser: 9 }, 9, 'default'],
  ['the rule names no user', ['user', 'default'], { defaultUser: 9 }, 9, 'default'],
  [
    'only the first who talked is in the CRM',
    ['last-talked', 'default'],
    { talked: [anna, hall], defaultUser: 9 },
    1,
    'last-talked',
  ],
  [
    'only the first who was rung is in the CRM',
    ['last-rang', 'default'],
    { rang: [anna, hall, hall], defaultUser: 9 },
    1,
    'last-rang',
  ],
])('given that %s, when policies are asked, then the next one decides', (_given, policies, facts, user, policy) => {
  expect(responsible(policies, { ...nobody, ...facts })).toEqual({ user, person: user, policy })
})

test('given nobody who is in the CRM, when nothing else helps, then the extension stays visible', () => {
  expect(responsible(['last-talked', 'default'], { ...nobody, talked: [hall] })).toEqual({
    user: undefined,
    person: '555',
    policy: 'nobody',
  })
  expect(responsible(['last-rang'], { ...nobody, rang: [hall] }).person).toBe('555')
  expect(responsible(['last-rang'], nobody).person).toBeUndefined()
})

test('given turns, when calls come one after another, then everybody has theirs', () => {
  const users = [0, 1, 2, 3].map(
    (turn) => responsible(['in-turn'], { ...nobody, users: [5, 6], draw: { turn, random: 0 } }).user,
  )
  expect(users).toEqual([5, 6, 5, 6])
})

test('given chance, when it falls on the ends, then it stays within the list', () => {
  const users = [0, 0.499, 0.5, 0.999].map(
    (random) => responsible(['random'], { ...nobody, users: [5, 6], draw: { turn: 0, random } }).user,
  )
  expect(users).toEqual([5, 5, 6, 6])
})

test('given a person who is not in the CRM, when another gets the call, then the reason names who was passed over', () => {
  const facts = { ...nobody, talked: [anna, hall] }
  expect(whyResponsible('person', responsible(['last-talked'], facts), facts)).toEqual({
    about: 'person',
    code: 'last-talked',
    facts: { user: 1, extension: '101', passedOver: '555' },
  })
})
