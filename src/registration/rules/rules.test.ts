import { describe, expect, test } from 'vitest'
import { factsOf, plainRules } from '../_settings.ts'
import { numbersInFile } from './blacklist-file.ts'
import { kindOfCall } from './kind-of-call.ts'
import { ruleBookOf } from './rule-book.ts'

describe('the row of the grid', () => {
  const talked = { answered: true } as const
  const not = { answered: false } as const
  test.each([
    ['in, talked, known', { direction: 'in', ...talked }, true, 'incomingKnown'],
    ['in, talked, unknown', { direction: 'in', ...talked }, false, 'incomingUnknown'],
    ['in, nobody talked, known', { direction: 'in', ...not }, true, 'missedKnown'],
    ['in, nobody talked, unknown', { direction: 'in', ...not }, false, 'missedUnknown'],
    ['out, reached, known', { direction: 'out', ...talked }, true, 'outgoingKnown'],
    ['out, reached, unknown', { direction: 'out', ...talked }, false, 'outgoingUnknown'],
    ['out, not reached, known', { direction: 'out', ...not }, true, 'outgoingNotReached'],
    ['out, not reached, unknown', { direction: 'out', ...not }, false, 'outgoingNotReached'],
    ['in, ringing', { direction: 'in', ...not, moment: 'ring' }, false, 'incomingUnknown'],
    ['out, ringing', { direction: 'out', ...not, moment: 'ring' }, true, 'outgoingKnown'],
  ] as const)('given a call %s, then it is told', (_given, change, known, kind) => {
    expect(kindOfCall(factsOf(change), known)).toBe(kind)
  })
})

describe('the rules of a line', () => {
  test('given nothing of its own, then the common ones hold', () => {
    expect(ruleBookOf(plainRules, {})).toEqual(plainRules)
  })

  test('given a key of its own, then only that differs', () => {
    const { missedKnown, missedUnknown } = ruleBookOf(plainRules, {
      missedKnown: { task: { minutes: 15 }, user: undefined },
    })
    expect(missedKnown).toEqual({ ...plainRules.missedKnown, task: { ...plainRules.missedKnown.task, minutes: 15 } })
    expect(missedUnknown).toEqual(plainRules.missedUnknown)
  })

  test('given a pipeline of the line, then leads go there unless a rule names another', () => {
    const book = ruleBookOf(plainRules, { missedKnown: { lead: { pipeline: 9 } } }, 4400)
    expect([book.incomingKnown.lead.pipeline, book.missedKnown.lead.pipeline]).toEqual([4400, 9])
  })
})

describe('a list of ignored numbers', () => {
  test('given a number a line, in any spelling, then their keys are told', () => {
    expect([...numbersInFile('8 (922) 153-23-27\n# a comment\n\n+79031112233\r\n')]).toEqual([
      '9221532327',
      '9031112233',
    ])
  })

  test('given the print of Asterisk’s database, then the numbers are told and the rest is left out', () => {
    const print =
      '/blacklist/79221532327                            : 1\n/blacklist/blocked                                : 1\n2 results found.\n'
    expect([...numbersInFile(print)]).toEqual(['9221532327'])
  })
})
