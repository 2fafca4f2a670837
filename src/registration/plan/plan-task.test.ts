import { describe, expect, test } from 'vitest'
import { factsOf, missed, rules } from '../_settings.ts'
import { dialledInMenu, planTask, type TaskFacts } from './plan-task.ts'

const wanted = rules({ missedKnown: { task: { enabled: true } } }).missedKnown
const isPerson = (extension: string) => ['101', '102'].includes(extension)
const planned = (change: Partial<TaskFacts> = {}) =>
  planTask({
    rule: wanted,
    call: factsOf(missed),
    old: false,
    waiting: false,
    talkedSince: false,
    openFor: undefined,
    missedInMenu: 'nothing',
    isPerson,
    ...change,
  })
const inMenu = (ivr: string) => factsOf({ ...missed, rang: [], ivr })

describe('the task that follows a call', () => {
  test.each<[string, Partial<TaskFacts>, string, string]>([
    ['a missed call', {}, 'make', 'by-rule'],
    ['a rule without tasks', { rule: rules().missedKnown }, 'none', 'rule-says-none'],
    ['an old call', { old: true }, 'none', 'old-call'],
    ['a client who waits in unsorted', { waiting: true }, 'none', 'waits-in-unsorted'],
    ['a client somebody has talked to since', { talkedSince: true }, 'none', 'talked-meanwhile'],
    ['a withheld number', { call: factsOf({ ...missed, phone: '' }) }, 'none', 'hidden-number'],
    ['an open task', { openFor: 2 }, 'count', 'open-task'],
    ['an extension dialled in a menu', { call: inMenu('1101') }, 'make', 'dialled-in-menu'],
    [
      'an extension dialled in a menu, and no task by rule',
      { call: inMenu('101'), rule: rules().missedKnown, missedInMenu: 'task' },
      'make',
      'dialled-in-menu',
    ],
    [
      'digits that are nobody’s, and no task by rule',
      { call: inMenu('7'), rule: rules().missedKnown, missedInMenu: 'task' },
      'none',
      'rule-says-none',
    ],
  ])('given %s, then the reason says so', (_given, change, kind, code) => {
    const plan = planned(change)
    expect([plan.kind, plan.why.code]).toEqual([kind, code])
  })

  test('given an open task for two calls, then it stands for three', () => {
    expect(planned({ openFor: 2 })).toMatchObject({ calls: 3 })
  })
})

describe('who was dialled in a menu', () => {
  test.each([
    ['the extension alone', '102', '102'],
    ['a menu before it', '21102', '102'],
    ['nobody', '9', undefined],
    ['no digits', '', undefined],
  ])('given %s, then it is told', (_given, ivr, expected) => {
    expect(dialledInMenu({ call: inMenu(ivr), isPerson })).toBe(expected)
  })

  test('given somebody who talked, then nobody was missed', () => {
    expect(dialledInMenu({ call: factsOf({ ivr: '102' }), isPerson })).toBeUndefined()
  })
})
