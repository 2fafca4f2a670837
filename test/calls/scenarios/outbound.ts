import { setTimeout as sleep } from 'node:timers/promises'
import { CLIENT, OTHER, outbound } from '../experienced.ts'
import type { Scenario, Scenarios } from '../scenario.ts'
import { now, since } from '../stopwatch.ts'

export const outboundStories: Scenarios = {
  'out-answered': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 2000 })
    const phone = lab.phone('101')
    await phone.dial(CLIENT)
    await phone.waitForTalk(8000)
    const talked = now()
    await sleep(3000)
    await phone.hangup()
    const talkSeconds = since(talked)
    return [
      outbound(CLIENT, {
        waitSeconds: 2,
        talkSeconds,
        responsible: '101',
        hangupCause: 16,
        people: [{ extension: '101', rang: false, rangSeconds: 0, talkSeconds }],
      }),
    ]
  },
  'out-busy': refusedOutbound('busy', 'busy', 17),
  'out-not-found': refusedOutbound('not-found', 'failed', 1),
  'out-congestion': refusedOutbound('congestion', 'failed', 34),
  'out-caller-gives-up': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 20_000 })
    const phone = lab.phone('101')
    await phone.dial(CLIENT)
    await sleep(3000)
    await phone.hangup()
    await phone.waitForIdle(5000)
    return [outbound(CLIENT, { result: 'no-answer', waitSeconds: 3 })]
  },
  'out-silent': async (lab) => {
    await using _callee = await lab.trunk.answerWith('silent')
    const phone = lab.phone('101')
    await phone.dial(CLIENT)
    await sleep(3000)
    await phone.hangup()
    await sleep(1000)
    return [outbound(CLIENT, { result: 'no-answer', waitSeconds: 3 })]
  },
  'out-second-trunk': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 4000 })
    const phone = lab.phone('101')
    await phone.dial(`55${CLIENT}`)
    await phone.waitForTalk(15_000)
    const talked = now()
    await sleep(2000)
    await phone.hangup()
    const talkSeconds = since(talked)
    return [
      outbound(CLIENT, {
        waitSeconds: 7,
        talkSeconds,
        responsible: '101',
        people: [{ extension: '101', rang: false, talkSeconds }],
      }),
    ]
  },
  'out-second-client': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 1000, hangUpAfterMs: 2500 })
    const phone = lab.phone('101')
    await phone.dial(`66${CLIENT}`)
    await phone.waitForTalk(8000)
    await phone.waitForIdle(20_000)
    const people = [{ extension: '101', rang: false, rangSeconds: 0, talkSeconds: 2.5 }]
    const both = { waitSeconds: 1, talkSeconds: 2.5, responsible: '101', people }
    return [outbound(CLIENT, both), outbound(OTHER, both)]
  },
}

function refusedOutbound(answer: 'busy' | 'not-found' | 'congestion', result: string, hangupCause: number): Scenario {
  return async (lab) => {
    await using _callee = await lab.trunk.answerWith(answer)
    const phone = lab.phone('101')
    await phone.dial(CLIENT)
    await phone.waitForIdle(10_000)
    return [outbound(CLIENT, { result, hangupCause })]
  }
}
