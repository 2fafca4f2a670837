import { expect, test } from 'vitest'
import { rules } from '../_settings.ts'
import type { KindOverlay } from '../rules/rule-book.ts'
import { type CardFacts, planCardChanges } from './plan-card-changes.ts'

const [ANNA, BORIS] = [1, 2]
const client = { kind: 'contact', id: 11, owner: BORIS } as const
const lead = { kind: 'lead', id: 21, owner: BORIS, pipeline: 4400, status: 44001, made: false } as const
const planned = (rule: KindOverlay, change: Partial<CardFacts> = {}) => {
  const { changes, why } = planCardChanges({
    rule: rules({ incomingKnown: rule }).incomingKnown,
    client,
    lead,
    person: ANNA,
    old: false,
    values: { phone: '+7922', lineName: 'Реклама' },
    ...change,
  })
  return { owners: changes.map(({ entity, owner }) => [entity.kind, owner]), why: why.map(({ code }) => code), changes }
}
const both = [
  ['contact', ANNA],
  ['lead', ANNA],
]

test.each<[string, KindOverlay, Partial<CardFacts>, unknown[], string]>([
  ['never', {}, {}, [], 'rule-says-never'],
  ['always', { changeOwner: 'always' }, {}, both, 'always'],
  ['always, without a lead', { changeOwner: 'always' }, { lead: undefined }, [['contact', ANNA]], 'always'],
  [
    'always, and the client is the person’s own',
    { changeOwner: 'always' },
    { client: { ...client, owner: ANNA } },
    [['lead', ANNA]],
    'always',
  ],
  ['in a named stage', { changeOwner: 'in-stages', stages: [{ pipeline: 4400, status: 44001 }] }, {}, both, 'in-stage'],
  [
    'in another pipeline’s stage of that number',
    { changeOwner: 'in-stages', stages: [{ pipeline: 1, status: 44001 }] },
    {},
    [],
    'not-in-stage',
  ],
  [
    'in stages, without a lead',
    { changeOwner: 'in-stages', stages: [{ pipeline: 4400, status: 44001 }] },
    { lead: undefined },
    [],
    'no-open-lead',
  ],
  ['always, but nobody is in the CRM', { changeOwner: 'always' }, { person: undefined }, [], 'nobody'],
  ['always, but the call is old', { changeOwner: 'always' }, { old: true }, [], 'old-call'],
])('given the owner changes %s, when a call ends, then the cards say so', (_given, rule, change, owners, code) => {
  expect(planned(rule, change)).toMatchObject({ owners, why: [code] })
})

test('given fields by template, when they have something to say, then they are filled', () => {
  const rule = {
    contactFields: [
      { field: 5, value: '{lineName}' },
      { field: 6, value: '{ivr}' },
    ],
    leadFields: [{ field: 'SOURCE', value: 'тел. {phone}' }],
  }
  expect(planned(rule).changes).toEqual([
    { entity: { kind: 'contact', id: 11 }, fields: [{ field: 5, value: 'Реклама' }] },
    { entity: { kind: 'lead', id: 21 }, fields: [{ field: 'SOURCE', value: 'тел. +7922' }] },
  ])
})
