import { describe, expect, test } from 'vitest'
import { everyKind, factsOf, missed, rules, settingsWith } from './_settings.ts'
import type { CallFacts } from './call-facts.ts'
import { noHooks } from './hooks.ts'
import { earlyJobs, type JobsOptions, jobsForCall } from './jobs-for-call.ts'
import type { RuleBook } from './rules/kind-rule.ts'

const KEY = 'main/1795164754.2'
const jobs = (call: CallFacts, book: RuleBook = rules(), change: Partial<JobsOptions> = {}) =>
  jobsForCall(call, {
    settings: settingsWith({}, book),
    hooks: noHooks,
    evidence: 'live',
    openTask: undefined,
    ...change,
  })
const kinds = (...args: Parameters<typeof jobs>) => jobs(...args).map(({ kind }) => kind)

describe('the jobs of an ended call', () => {
  test('given plain rules, then its client is found first and the note is built on it, in the lane of the phone', () => {
    expect(jobs(factsOf()).map(({ key, kind, lane, after, urgency }) => ({ key, kind, lane, after, urgency }))).toEqual(
      [
        { key: `${KEY}:client`, kind: 'client', lane: '9221532327', after: undefined, urgency: 'live' },
        { key: `${KEY}:note`, kind: 'call-note', lane: '9221532327', after: `${KEY}:client`, urgency: 'live' },
      ],
    )
  })

  test('given every rule, then contact, lead, task, note and cards come in this order, all built on the first', () => {
    const book = everyKind({ create: 'lead', task: { enabled: true }, changeOwner: 'always' })
    expect(kinds(factsOf(missed), book)).toEqual(['client', 'lead', 'task', 'call-note', 'card-change'])
    expect(
      new Set(
        jobs(factsOf(missed), book)
          .slice(1)
          .map(({ after }) => after),
      ),
    ).toEqual(new Set([`${KEY}:client`]))
  })

  test.each<[string, CallFacts, RuleBook, string[]]>([
    [
      'a lead for known clients only',
      factsOf(),
      rules({ incomingKnown: { create: 'lead' } }),
      ['client', 'lead', 'call-note'],
    ],
    [
      'unsorted, which may be switched off',
      factsOf(),
      rules({ incomingUnknown: { create: 'unsorted' } }),
      ['client', 'lead', 'call-note'],
    ],
    [
      'a lead for missed calls, and this one was answered',
      factsOf(),
      rules({ missedUnknown: { create: 'lead' } }),
      ['client', 'call-note'],
    ],
    [
      'a task for missed calls',
      factsOf(missed),
      rules({ missedUnknown: { task: { enabled: true } } }),
      ['client', 'task', 'call-note'],
    ],
    [
      'a task for missed calls, and this one was answered',
      factsOf(),
      rules({ missedUnknown: { task: { enabled: true } } }),
      ['client', 'call-note'],
    ],
    [
      'fields to fill',
      factsOf(),
      rules({ incomingKnown: { contactFields: [{ field: 1, value: '{line}' }] } }),
      ['client', 'call-note', 'card-change'],
    ],
  ])('given %s, then only what may be needed is said', (_given, call, book, expected) => {
    expect(kinds(call, book)).toEqual(expected)
  })

  test('given what the second witness tells, then it stands back behind live calls', () => {
    expect(new Set(jobs(factsOf(), rules(), { evidence: 'cel' }).map(({ urgency }) => urgency))).toEqual(
      new Set(['backfill']),
    )
    expect(jobs(factsOf(), rules(), { evidence: 'reconstructed' })[0]?.urgency).toBe('live')
  })

  test('given an open task of the client, when somebody talked to them, then it is completed; a miss completes nothing', () => {
    const done = jobs(factsOf(), rules(), { openTask: 77 }).at(-1)
    expect(done).toMatchObject({ key: `${KEY}:task-done`, payload: { task: 77, key: '9221532327' } })
    expect(done?.after).toBeUndefined()
    expect(kinds(factsOf({ direction: 'out' }), rules(), { openTask: 77 })).toContain('task-done')
    expect(kinds(factsOf(missed), rules(), { openTask: 77 })).not.toContain('task-done')
  })

  test('given one note a person by setting, when two talked, then each has a note of their own', () => {
    const talked = [
      { extension: '101', seconds: 5 },
      { extension: '102', seconds: 3 },
    ]
    const settings = settingsWith({ notePerPerson: true })
    expect(jobs(factsOf({ talked }), rules(), { settings }).map(({ key }) => key)).toEqual([
      `${KEY}:client`,
      `${KEY}:note/101`,
      `${KEY}:note/102`,
    ])
    expect(jobs(factsOf(), rules(), { settings }).map(({ key }) => key)).toEqual([`${KEY}:client`, `${KEY}:note`])
  })

  test('given an extension dialled in a menu, when people are to be told, then there is a task whatever the rule says', () => {
    const settings = settingsWith({ missedInMenu: 'task' })
    expect(kinds(factsOf({ ...missed, ivr: '102' }), rules(), { settings })).toContain('task')
    expect(kinds(factsOf({ ...missed, ivr: '9' }), rules(), { settings })).not.toContain('task')
  })

  test('given scripts that change cards, then there is a job for them', () => {
    expect(kinds(factsOf(), rules(), { hooks: { has: (point) => point === 'contact-update' } })).toContain(
      'card-change',
    )
  })

  test('given two withheld numbers, then neither waits for the other', () => {
    const lanes = ['main/1', 'main/2'].map((uniq) => jobs(factsOf({ phone: '', uniq }))[0]?.lane)
    expect(new Set(lanes).size).toBe(2)
  })

  test('given any call, then nothing undefined or null travels in a payload', () => {
    for (const { payload } of jobs(factsOf(missed), everyKind({ create: 'lead', task: { enabled: true } }))) {
      expect(JSON.parse(JSON.stringify(payload))).toEqual(payload)
      expect(JSON.stringify(payload)).not.toContain('null')
    }
  })
})

describe('the jobs of a call that goes on', () => {
  test('given a lead by rule, then contact and lead are said by the same keys as at the end', () => {
    const book = everyKind({ create: 'lead' })
    const early = earlyJobs(factsOf({ moment: 'answer' }), settingsWith({}, book)).map(({ key }) => key)
    expect(early).toEqual([`${KEY}:client`, `${KEY}:lead`])
    expect(jobs(factsOf(), book).map(({ key }) => key)).toEqual(expect.arrayContaining(early))
  })

  test('given a contact by rule, then only the contact is made early', () => {
    expect(earlyJobs(factsOf({ moment: 'ring', ...missed }), settingsWith()).map(({ kind }) => kind)).toEqual([
      'client',
    ])
  })
})
