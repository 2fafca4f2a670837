import { describe, expect, test } from 'vitest'
import type { Call, Phase } from '../calls/call.ts'
import { callWith, nobodyTook } from './_call.ts'
import { ANNA, BORIS, PHONE, settingsWith } from './_settings.ts'
import { createPopups } from './popups.ts'
import type { RegistrationSettings } from './settings.ts'

function stage(settings: Partial<RegistrationSettings> = {}, fails = false) {
  const shown: [string, readonly number[]][] = []
  const failures: string[] = []
  const turns: (() => void)[] = []
  const popups = createPopups({
    crm: {
      announceCall: async (phone, users) => {
        if (fails) throw new Error('down')
        shown.push([phone, users])
      },
    },
    settings: () => settingsWith({ popup: true, ...settings }),
    gather: () => new Promise((resolve) => turns.push(resolve)),
    failed: (_error, call) => failures.push(call),
  })
  const say = (kind: Phase['kind'], extension = '101', change: Partial<Call> = {}) =>
    popups.react({
      kind,
      at: 0,
      call: callWith({ ...nobodyTook, endedAt: undefined, ...change }),
      extension,
      elsewhere: false,
    } as Phase)
  const turn = async () => {
    for (const go of turns.splice(0)) go()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { shown, failures, say, turn }
}

describe('the CRM’s own pop-up', () => {
  test('given a ring group, when its phones ring, then one request shows it to everybody in the CRM', async () => {
    const { shown, say, turn } = stage()
    for (const extension of ['101', '102', '555']) say('ringing', extension)
    await turn()
    expect(shown).toEqual([[PHONE, [ANNA, BORIS]]])
  })

  test('given a queue that rings the same phone again, then it is shown once', async () => {
    const { shown, say, turn } = stage()
    say('ringing')
    await turn()
    say('ringing-ended')
    say('ringing')
    await turn()
    say('ringing', '102')
    await turn()
    expect(shown).toEqual([
      [PHONE, [ANNA]],
      [PHONE, [BORIS]],
    ])
  })

  test.each<[string, Phase['kind']]>([
    ['the call has ended', 'ended'],
    ['the phone is silent', 'ringing-ended'],
    ['somebody has answered', 'conversation-started'],
  ])('given that %s before its turn comes, then it is dropped', async (_given, kind) => {
    const { shown, say, turn } = stage()
    say('ringing')
    say(kind)
    await turn()
    expect(shown).toEqual([])
  })

  test('given a refusal, then it is told and never tried again', async () => {
    const { shown, failures, say, turn } = stage({}, true)
    say('ringing')
    await turn()
    say('ringing')
    await turn()
    expect([shown, failures]).toEqual([[], ['1795164754.2']])
  })

  test.each<[string, Partial<RegistrationSettings>, Partial<Call>]>([
    ['it is switched off', { popup: false }, {}],
    ['we called', {}, { direction: 'out' }],
    ['the service only watches', { mode: 'watch' }, {}],
    ['the number is withheld', {}, { client: '' }],
  ])('given that %s, then nothing is shown', async (_given, settings, call) => {
    const { shown, say, turn } = stage(settings)
    say('ringing', '101', call)
    await turn()
    expect(shown).toEqual([])
  })
})
