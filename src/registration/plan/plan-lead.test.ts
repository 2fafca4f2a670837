import { expect, test } from 'vitest'
import { rules } from '../_settings.ts'
import type { KindOverlay } from '../rules/rule-book.ts'
import { type LeadFacts, planLead } from './plan-lead.ts'

const MAIN = 4400
const planned = (rule: KindOverlay, change: Partial<LeadFacts> = {}) => {
  const { make, why } = planLead({
    rule: rules({ incomingKnown: rule }).incomingKnown,
    known: true,
    waiting: false,
    hidden: false,
    old: false,
    openLeads: [],
    mainPipeline: MAIN,
    ...change,
  })
  return [make, why.code]
}
const [here, elsewhere] = [
  { id: 1, pipeline: MAIN },
  { id: 2, pipeline: 9 },
]

test.each<[string, KindOverlay, Partial<LeadFacts>, unknown[]]>([
  ['no lead by rule', { create: 'nothing' }, {}, [false, 'rule-says-none']],
  ['a contact only by rule', { create: 'contact' }, {}, [false, 'rule-says-none']],
  ['a lead by rule and none open', { create: 'lead' }, {}, [true, 'no-open-lead']],
  ['a lead by rule and a new client', { create: 'lead' }, { known: false }, [true, 'new-client']],
  ['unsorted by rule that the account does not take', { create: 'unsorted' }, { known: false }, [true, 'new-client']],
  ['an open lead anywhere', { create: 'lead' }, { openLeads: [elsewhere] }, [false, 'has-open-lead']],
  [
    'an open lead elsewhere, only that pipeline counts',
    { create: 'lead', lead: { unless: 'open-lead-in-pipeline' } },
    { openLeads: [elsewhere] },
    [true, 'no-open-lead'],
  ],
  [
    'an open lead in the main pipeline, which the rule does not name',
    { create: 'lead', lead: { unless: 'open-lead-in-pipeline' } },
    { openLeads: [elsewhere, here] },
    [false, 'has-open-lead-in-pipeline'],
  ],
  [
    'an open lead in the pipeline the rule names',
    { create: 'lead', lead: { unless: 'open-lead-in-pipeline', pipeline: 9 } },
    { openLeads: [elsewhere] },
    [false, 'has-open-lead-in-pipeline'],
  ],
  ['a lead for every call', { create: 'lead', lead: { unless: 'never' } }, { openLeads: [here] }, [true, 'every-call']],
  ['a client who waits in unsorted', { create: 'lead' }, { waiting: true }, [false, 'waits-in-unsorted']],
  ['a withheld number', { create: 'lead' }, { hidden: true }, [false, 'hidden-number']],
  ['an old call', { create: 'lead', lead: { unless: 'never' } }, { old: true }, [false, 'old-call']],
])('given %s, when the lead is planned, then the reason says so', (_given, rule, change, expected) => {
  expect(planned(rule, change)).toEqual(expected)
})
