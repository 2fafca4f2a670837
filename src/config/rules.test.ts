import { describe, expect, test } from 'vitest'
import { checkConfig } from './load.ts'

const config = (rules: object, lines: readonly object[] = []) =>
  checkConfig(
    { asterisk: { ari: { password: 'p' } }, crm: { url: 'https://acme.amocrm.ru', token: 't' }, rules, lines },
    'config.json',
  )

describe('the rules of calls', () => {
  test('given none, then unknown numbers become contacts and nothing else is done', () => {
    const { rules } = config({})
    const kinds = [
      rules.incomingKnown,
      rules.incomingUnknown,
      rules.missedKnown,
      rules.missedUnknown,
      rules.outgoingKnown,
      rules.outgoingUnknown,
      rules.outgoingNotReached,
    ]
    expect(kinds.map(({ create }) => create)).toEqual([
      'nothing',
      'contact',
      'nothing',
      'contact',
      'nothing',
      'contact',
      'contact',
    ])
    expect(kinds.every(({ task, changeOwner }) => !task.enabled && changeOwner === 'never')).toBe(true)
    expect(rules.incomingUnknown.when).toBe('answer')
  })

  test('given a line that says one key otherwise, then nothing else is filled in', () => {
    const { lines } = config({}, [{ did: '7001', rules: { missedKnown: { task: { minutes: 5 } } } }])
    expect(lines[0]?.rules).toEqual({ missedKnown: { task: { minutes: 5 } } })
  })

  test.each<[string, object, RegExp]>([
    [
      'a placeholder that does not exist',
      { missedKnown: { note: 'Звонок {fone}' } },
      /rules\.missedKnown\.note: .*\{fone\}.*\{phone\}/s,
    ],
    [
      'unsorted for a call of ours',
      { outgoingUnknown: { create: 'unsorted' } },
      /rules\.outgoingUnknown\.create: "unsorted" is not allowed; allowed: "nothing", "contact", "lead"/,
    ],
    ['a contact for whoever has one', { missedKnown: { create: 'contact' } }, /rules\.missedKnown\.create/],
    [
      'a policy that does not exist',
      { missedKnown: { responsible: ['boss'] } },
      /rules\.missedKnown\.responsible\.0: "boss" is not allowed; allowed: "last-talked"/,
    ],
    ['no policy at all', { missedKnown: { responsible: [] } }, /rules\.missedKnown\.responsible/],
    ['a key of an earlier version', { unknownCaller: 'contact' }, /rules\.unknownCaller: unknown key/],
    ['a broken pattern', { ignore: { patterns: ['('] } }, /rules\.ignore\.patterns\.0/],
  ])('given %s, then the start is refused with the key and the cure', (_given, rules, message) => {
    expect(() => config(rules)).toThrow(message)
  })
})
