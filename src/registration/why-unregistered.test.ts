import { expect, test } from 'vitest'
import type { Call } from '../calls/call.ts'
import { callWith, nobodyTook, personIn } from './_call.ts'
import { NOON, settingsWith } from './_settings.ts'
import type { RegistrationSettings } from './settings.ts'
import { whyUnregistered } from './why-unregistered.ts'

type Change<Whole> = Partial<Whole>
const usual = settingsWith()
const ignoring = (change: Partial<RegistrationSettings['ignore']>) => ({ ignore: { ...usual.ignore, ...change } })
const why = (call: Change<Call>, change: Change<RegistrationSettings>) =>
  whyUnregistered(callWith(call), settingsWith(change))
const off109 = { personModes: new Map([['109', 'off' as const]]) }
const two = { ...nobodyTook, people: [personIn('109'), personIn('101')] }

test.each<[string, string | undefined, Change<Call>, Change<RegistrationSettings>]>([
  ['that is like any other', undefined, {}, {}],
  ['between colleagues', 'internal', { direction: 'internal', client: '' }, {}],
  ['that opted out', 'skipped', { skipped: true }, {}],
  ['with a withheld number', 'no-client-number', { client: '' }, {}],
  ['with a withheld number, and a contact for such', undefined, { client: '' }, { hiddenNumberContact: 5 }],
  [
    'of ours to nowhere, and a contact for withheld numbers',
    'no-client-number',
    { client: '', direction: 'out' },
    { hiddenNumberContact: 5 },
  ],
  [
    'of a SIP name, and a contact for withheld numbers',
    'no-client-number',
    { client: 'gate-2024-111' },
    { hiddenNumberContact: 5 },
  ],
  ['of four digits', 'no-client-number', { client: '1234' }, {}],
  ['that goes on', 'not-ended', { endedAt: undefined, result: undefined }, {}],
  ['begun before the first configured start', 'before-first-start', {}, { firstStartAt: NOON + 1 }],
  ['begun at the first configured start', undefined, {}, { firstStartAt: NOON }],
  ['while the service only watches', 'service-not-on', {}, { mode: 'watch' }],
  ['on a line that only watches', 'line-not-on', {}, { lineModes: new Map([['7001', 'watch']]) }],
  ['taken by somebody who is off', 'people-not-on', { responsible: '109' }, off109],
  ['that rang nobody but who is off', 'people-not-on', { ...nobodyTook, people: [personIn('109')] }, off109],
  [
    'begun by somebody who is off',
    'people-not-on',
    { ...nobodyTook, direction: 'out', people: [], startedBy: '109' },
    off109,
  ],
  ['missed that rang one who is on', undefined, two, off109],
  ['missed that rang nobody', undefined, { ...nobodyTook, result: 'abandoned', people: [] }, {}],
  ['of an ignored number', 'ignored-number', {}, ignoring({ numbers: new Set(['9221532327']) })],
  ['of a number in an ignored list', 'ignored-number', {}, ignoring({ listed: (key) => key === '9221532327' })],
  ['of a number that an ignored pattern fits', 'ignored-number', {}, ignoring({ patterns: [/^\+7922/] })],
  ['of another number', undefined, {}, ignoring({ numbers: new Set(['9990001122']), patterns: [/^\+7999/] })],
  ['on an ignored line', 'ignored-line', {}, ignoring({ lines: new Set(['7001']) })],
  ['taken by an ignored extension', 'ignored-people', {}, ignoring({ extensions: new Set(['101']) })],
  ['missed that rang one who is not ignored', undefined, two, ignoring({ extensions: new Set(['109']) })],
  ['of somebody who is not among the only ones', 'ignored-people', {}, { onlyExtensions: new Set(['102']) }],
  ['of one of the only ones', undefined, {}, { onlyExtensions: new Set(['101']) }],
])('given a call %s, when it is to be registered, then the answer is %s', (_given, expected, call, change) => {
  expect(why(call, change)).toBe(expected)
})
