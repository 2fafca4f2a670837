import { describe, expect, test } from 'vitest'
import type { Call } from '../calls/call.ts'
import { callWith, nobodyTook, personIn } from './_call.ts'
import { callFacts } from './call-facts.ts'
import { noteStatus } from './note-status.ts'

const facts = (change: Partial<Call>) =>
  callFacts(callWith(change), { pbx: 'main', country: 'RU', quietAfterSeconds: 7200, moment: 'end', at: 0 })

describe('what the CRM is to know of a call', () => {
  test('given any spelling of a number, then it is the same phone', () => {
    for (const client of ['89221532327', '79221532327', '8 (922) 153-23-27', '9221532327']) {
      expect(facts({ client }).phone).toBe('+79221532327')
    }
  })

  test('given seconds with decimals, then whole ones are told, and an answered call has at least one', () => {
    expect(facts({}).talkSeconds).toBe(8)
    expect(facts({ talkSeconds: 0.3 }).talkSeconds).toBe(1)
    expect(facts(nobodyTook).talkSeconds).toBe(0)
  })

  test('given transfers, then who talked is told in the order of talking, not of ringing', () => {
    const people = [personIn('101', 3), personIn('102', 4), personIn('103', 5)]
    const transfers = [{ kind: 'blind', from: '102', to: '101', at: 0 }] as const
    const { talked } = facts({ people, transfers, responsible: '103' })
    expect(talked.map(({ extension }) => extension)).toEqual(['102', '101', '103'])
  })

  test('given somebody who lifts the receiver now, then they talk though they have no seconds yet', () => {
    expect(facts({ people: [personIn('101', 0)] }).talked).toEqual([{ extension: '101', seconds: 1 }])
  })

  test('given an outbound call nobody took, then whoever began it was rung last, and once', () => {
    expect(
      facts({ ...nobodyTook, direction: 'out', people: [personIn('102'), personIn('101')], startedBy: '102' }).rang,
    ).toEqual(['101', '102'])
  })

  test('given the end, then a call grows old from there', () => {
    const { endedAt, quietAt } = facts({})
    expect(quietAt - endedAt).toBe(7_200_000)
  })
})

describe('the status of the note', () => {
  test.each([
    ['answered', 16, 'answered'],
    ['voicemail', 16, 'voicemail'],
    ['abandoned', 16, 'not-reached'],
    ['missed', 16, 'not-reached'],
    ['busy', 17, 'busy'],
    ['no-answer', 16, 'not-reached'],
    ['failed', 1, 'wrong-number'],
    ['failed', 3, 'wrong-number'],
    ['failed', 22, 'wrong-number'],
    ['failed', 28, 'wrong-number'],
    ['failed', 34, 'not-reached'],
    ['failed', undefined, 'not-reached'],
  ] as const)('given %s with cause %s, then it is %s', (result, hangupCause, status) => {
    expect(noteStatus({ result, hangupCause })).toBe(status)
  })
})
