import { describe, expect, test } from 'vitest'
import { callWith } from '../_call.ts'
import { english } from './english.ts'
import { russian } from './russian.ts'
import { sentenceOf } from './sentences.ts'
import { tellCall } from './tell-call.ts'

const call = callWith()
const entry = {
  pbx: 'main',
  id: call.id,
  startedAt: call.startedAt,
  endedAt: call.startedAt + 10_000,
  direction: 'in',
  call,
}
const decision = {
  at: call.startedAt,
  about: 'person',
  code: 'last-talked',
  facts: { user: 7, extension: '101' },
} as const

describe('one sentence a decision', () => {
  test('given both languages, then they say the same things', () => {
    expect(Object.keys(russian).toSorted()).toEqual(Object.keys(english).toSorted())
    const facts = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).toSorted()
    for (const [about, text] of Object.entries(russian))
      expect([about, facts(text)]).toEqual([about, facts(english[about] ?? '')])
  })

  test('given facts, then they stand in the sentence, and what is not known is left out', () => {
    expect(sentenceOf(decision, 'en')).toBe('The call belongs to user 7 (extension 101): they talked last.')
    expect(sentenceOf({ ...decision, facts: { user: 7 } }, 'ru')).toBe(
      'Звонок принадлежит пользователю 7: говорил(а) последним(ей).',
    )
  })

  test('given a decision of another room, then code and facts are told', () => {
    expect(sentenceOf({ about: 'route', code: 'unregistered', facts: { extension: '101' } }, 'en')).toBe(
      'route: unregistered (extension 101).',
    )
  })
})

describe('the story of a call', () => {
  const job = {
    key: `main/${call.id}:note`,
    kind: 'call-note',
    state: 'done',
    reason: undefined,
    result: { decisions: [decision] },
  } as const

  test('given decisions kept beside it, then they are told before the records', () => {
    expect(tellCall({ entry, decisions: [decision], jobs: [job], why: undefined }, 'en')).toEqual([
      'Call main/1795164754.2: 2026-11-20T09:00:00.000Z, in, +79221532327, 7001, answered, 10 s',
      '  09:00:00.000  The call belongs to user 7 (extension 101): they talked last.',
      'Records in the CRM:',
      '  note (call-note) – done',
    ])
  })

  test('given none beside it, then the records’ own are told', () => {
    expect(tellCall({ entry, decisions: [], jobs: [job], why: undefined }, 'en')[1]).toMatch(/they talked last/)
  })

  test('given a record the CRM does not take, then the reason is told', () => {
    const dead = { ...job, state: 'dead', reason: 'pipeline_id: NotSupportedChoice' } as const
    expect(tellCall({ entry, decisions: [], jobs: [dead], why: undefined }, 'ru').at(-1)).toBe(
      '  note (call-note) – CRM не принимает: pipeline_id: NotSupportedChoice',
    )
  })

  test('given a call that was kept out, then the reason is told', () => {
    expect(tellCall({ entry, decisions: [], jobs: [], why: 'ignored-number' }, 'ru').at(-1)).toBe(
      'В CRM ничего не записано: номер в списке игнорируемых.',
    )
  })
})
