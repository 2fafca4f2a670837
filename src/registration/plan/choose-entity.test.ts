import { expect, test } from 'vitest'
import { chooseEntity, type EntityFacts, type OwnedEntity } from './choose-entity.ts'

const [ANNA, BORIS] = [1, 2]
const entity = (kind: OwnedEntity['kind'], id: number, owner = 0): OwnedEntity => ({ kind, id, owner })
const facts: EntityFacts = {
  order: ['lead', 'contact', 'company'],
  clients: [entity('company', 10, ANNA), entity('contact', 11, BORIS), entity('contact', 12, ANNA)],
  leads: [entity('lead', 20, BORIS), entity('lead', 21, ANNA)],
}
const chosen = (change: Partial<EntityFacts>) => {
  const { entity: one, why } = chooseEntity({ ...facts, ...change }) ?? {}
  return [one?.kind, one?.id, why?.code]
}

test.each<[string, Partial<EntityFacts>, unknown[]]>([
  ['several open leads', {}, ['lead', 20, 'first-of-several']],
  ['several open leads, one of them of the person of the call', { person: ANNA }, ['lead', 21, 'owned-by-person']],
  ['one open lead of somebody else', { leads: [entity('lead', 20, BORIS)], person: ANNA }, ['lead', 20, 'only-one']],
  ['no open lead and several contacts', { leads: [] }, ['contact', 11, 'first-of-several']],
  ['no open lead and a contact of the person', { leads: [], person: ANNA }, ['contact', 12, 'owned-by-person']],
  ['only a company', { leads: [], clients: [entity('company', 10)] }, ['company', 10, 'only-one']],
  ['companies first by setting', { order: ['company', 'contact'] }, ['company', 10, 'only-one']],
  ['leads left out by setting', { order: ['contact'] }, ['contact', 11, 'first-of-several']],
  ['only leads by setting and none open', { order: ['lead'], leads: [] }, ['contact', 11, 'first-of-several']],
  ['a lead made for this call', { newLead: entity('lead', 30), person: ANNA }, ['lead', 30, 'new-lead']],
  [
    'a lead made for this call, and contacts only by setting',
    { newLead: entity('lead', 30), order: ['contact'] },
    ['contact', 11, 'first-of-several'],
  ],
  ['a click on a contact', { clicked: { kind: 'contact', id: 12 } }, ['contact', 12, 'clicked']],
  ['a click on a lead that is closed', { clicked: { kind: 'lead', id: 99 } }, ['lead', 99, 'clicked']],
])('given %s, when the call is placed, then it goes there', (_given, change, expected) => {
  expect(chosen(change)).toEqual(expected)
})

test('given nobody, when the call is placed, then there is no place', () => {
  expect(chooseEntity({ ...facts, clients: [], leads: [] })).toBeUndefined()
})
