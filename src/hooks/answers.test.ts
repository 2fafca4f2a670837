import { expect, test } from 'vitest'
import { takeAnswer, WrongAnswer } from './answers.ts'

const lead = { name: 'Звонок', client: { kind: 'contact', id: 7 }, uniq: 'main/1.1' }
const known = { state: 'known', kind: 'contact', id: 7, name: 'Иван', owner: 1 }
const proposal = { extension: '101', ringSeconds: 15 }

test.each([
  ['nothing is returned', 'lead-creation', lead, undefined, undefined],
  ['the value itself is returned', 'lead-creation', lead, { ...lead }, undefined],
  ['a part is returned', 'lead-creation', lead, { name: 'Опт' }, { ...lead, name: 'Опт' }],
  ['the whole is returned with a change', 'lead-creation', lead, { ...lead, tags: ['a'] }, { ...lead, tags: ['a'] }],
  ['a reason is returned', 'need-registration', true, 'a colleague', 'a colleague'],
  ['a refusal is returned', 'need-registration', true, false, false],
  ['nobody is to be rung', 'routing', proposal, { extension: '' }, { ...proposal, extension: '' }],
  ['another name is shown', 'card', known, { name: 'ООО' }, { ...known, name: 'ООО' }],
  ['a stranger becomes known', 'card', { state: 'unknown' }, known, known],
  ['something is returned afterwards', 'post-registration', {}, { note: 1 }, undefined],
] as const)('given a hook, when %s, then that is taken', (_when, point, value, answer, taken) => {
  expect(takeAnswer(point, value, answer)).toEqual(taken)
})

test.each([
  ['a text for a record', 'lead-creation', lead, 'Опт', /an object is wanted/],
  ['another client', 'lead-creation', lead, { client: { kind: 'contact', id: 8 } }, /"client" cannot be changed here/],
  ['a wrong type', 'lead-creation', lead, { pipeline: 'Опт' }, /"pipeline": "Опт" is not allowed/],
  ['an unknown name', 'lead-creation', lead, { nmae: 'Опт' }, /"nmae" cannot be changed/],
  ['a name of every object', 'lead-creation', lead, { toString: 'x' }, /"toString" cannot be changed/],
  ['an extension with a comma', 'routing', proposal, { extension: '101,1' }, /digits/],
  ['our own variable', 'originate', { variables: {} }, { variables: { CALLWEAVE_CLICK_BY: '1' } }, /variables/],
  ['half a client', 'card', { state: 'unknown' }, { state: 'known', id: 7 }, /not allowed/],
  ['a number for a number', 'client-phone', '+7', 79, /not allowed/],
] as const)(
  'given a hook, when it answers %s, then the answer is refused with the reason',
  (_w, point, value, answer, why) => {
    expect(() => takeAnswer(point, value, answer)).toThrow(WrongAnswer)
    expect(() => takeAnswer(point, value, answer)).toThrow(why)
  },
)
