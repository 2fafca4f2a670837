import { expect, test } from 'vitest'
import type { Call, Phase } from '../calls/call.ts'
import { callWith, nobodyTook } from './_call.ts'
import { everyKind, PHONE, settingsWith } from './_settings.ts'
import { earlyRegistration } from './early-registration.ts'
import { noHooks, type RegistrationHooks } from './hooks.ts'
import type { KindOverlay } from './rules/rule-book.ts'
import type { RegistrationSettings } from './settings.ts'

interface Given {
  readonly rule?: KindOverlay
  readonly known?: boolean
  readonly call?: Partial<Call>
  readonly settings?: Partial<RegistrationSettings>
  readonly hooks?: Partial<RegistrationHooks>
}
const client = { kind: 'contact', id: 1, name: 'Иван', owner: 0, keys: [], updatedAt: 0 } as const

async function said(
  kind: Phase['kind'],
  { rule = {}, known = false, call = {}, settings = {}, hooks = {} }: Given = {},
) {
  const alive = callWith({ endedAt: undefined, result: undefined, ...(kind === 'ringing' ? nobodyTook : {}), ...call })
  const phase = { kind, at: alive.startedAt + 1000, call: alive, extension: '101' } as Phase
  const jobs = await earlyRegistration(phase, {
    index: { lookup: async () => (known ? [client] : []) },
    settings: () => settingsWith(settings, everyKind(rule)),
    hooks: { ...noHooks, ...hooks },
    pbx: 'main',
    clickedOn: () => undefined,
  })
  return jobs.map(({ kind: job }) => job)
}

test.each<[string, Phase['kind'], Given, string[]]>([
  ['a contact at the answer', 'conversation-started', { rule: { create: 'contact', when: 'answer' } }, ['client']],
  ['a lead at the answer', 'conversation-started', { rule: { create: 'lead', when: 'answer' } }, ['client', 'lead']],
  [
    'a lead for a known client at the answer',
    'conversation-started',
    { rule: { create: 'lead', when: 'answer' }, known: true },
    ['client', 'lead'],
  ],
  ['a lead at the ring', 'ringing', { rule: { create: 'lead', when: 'ring' } }, ['client', 'lead']],
  ['a lead at the answer, while it rings', 'ringing', { rule: { create: 'lead', when: 'answer' } }, []],
  [
    'a lead at the ring, when somebody is rung after the answer',
    'ringing',
    { rule: { create: 'lead', when: 'ring' }, call: { answered: true } },
    [],
  ],
  ['a lead at the end', 'conversation-started', { rule: { create: 'lead', when: 'end' } }, []],
  [
    'a contact of a known client',
    'conversation-started',
    { rule: { create: 'contact', when: 'answer' }, known: true },
    [],
  ],
  ['unsorted, which waits for the end', 'conversation-started', { rule: { create: 'unsorted', when: 'answer' } }, []],
  ['nothing', 'conversation-started', { rule: { create: 'nothing', when: 'answer' } }, []],
  [
    'a lead, but the service only watches',
    'conversation-started',
    { rule: { create: 'lead', when: 'answer' }, settings: { mode: 'watch' } },
    [],
  ],
  [
    'a lead, but the call opted out',
    'conversation-started',
    { rule: { create: 'lead', when: 'answer' }, call: { skipped: true } },
    [],
  ],
  [
    'a lead, but the number is withheld',
    'conversation-started',
    { rule: { create: 'lead', when: 'answer' }, call: { client: '' }, settings: { hiddenNumberContact: 1 } },
    [],
  ],
  ['a lead, and the conversation is over', 'conversation-ended', { rule: { create: 'lead', when: 'answer' } }, []],
  [
    'a lead, but a script keeps the call out',
    'conversation-started',
    {
      rule: { create: 'lead', when: 'answer' },
      hooks: { has: () => true, run: async (point, value) => (point === 'need-registration' ? false : value) },
    },
    [],
  ],
])('given a rule that makes %s, when the phase comes, then that is said', async (_given, phase, given, expected) => {
  expect(await said(phase, given)).toEqual(expected)
})

test('given a script that changes the number, when a contact is made, then it is of that number', async () => {
  const hooks = {
    has: () => true,
    run: async (point: string, value: unknown) => (point === 'client-phone' ? PHONE : value),
  } as RegistrationHooks
  expect(
    await said('conversation-started', {
      rule: { create: 'contact', when: 'answer' },
      call: { client: '000123' },
      hooks,
    }),
  ).toEqual(['client'])
})
