import { setTimeout as sleep } from 'node:timers/promises'
import type { Extension } from '../../lab/ports.ts'
import { answeredCall, CLIENT, inbound, OTHER, silent } from '../experienced.ts'
import { ownPort } from '../lab-additions.ts'
import { answerAfter } from '../on-the-phone.ts'
import type { Scenario, Scenarios } from '../scenario.ts'
import { SipUserAgent } from '../sip-user-agent.ts'
import { now, since } from '../stopwatch.ts'

export const transfersAttendedStories: Scenarios = {
  'in-attended-feature': attendedByFeature('103'),
  'in-attended-feature-to-group': attendedByFeature('7002', ['102', '104']),
  'in-attended-feature-to-queue': attendedByFeature('7003', ['102']),
  'in-attended-outside': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 1500 })
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'caller', talkMs: 13_000 })
    const first = lab.phone('101')
    const waitSeconds = await answerAfter(first, 1000)
    await sleep(1000)
    await first.dtmf(`*2${OTHER}`)
    // Thirteen digits are pressed behind our back, a quarter of a second each.
    await sleep(13 * 240 + 4000)
    await first.hangup()
    await call
    // Alone with music from the last digit to the hand-over.
    const talkSeconds = 13 - 4
    return [
      {
        ...inbound,
        line: '7001',
        result: 'answered',
        waitSeconds,
        talkSeconds,
        responsible: '101',
        people: [{ extension: '101', rang: true, talkSeconds }],
        transfers: [{ kind: 'attended', from: '101', to: `+${OTHER}` }],
      },
    ]
  },
  'in-blonde-feature': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'callee' })
    const [first, third] = [lab.phone('101'), lab.phone('103')]
    const waitSeconds = await answerAfter(first, 1000)
    const firstTalk = 1.5 + 5 * 0.24
    await sleep(1500)
    await first.dtmf('*2103')
    await third.waitForRing(10_000)
    await sleep(700)
    await first.hangup()
    await sleep(1000)
    await third.accept()
    const again = now()
    await sleep(3000)
    await third.hangup()
    const secondTalk = since(again)
    await call
    return [
      {
        ...inbound,
        line: '7001',
        result: 'answered',
        waitSeconds,
        talkSeconds: firstTalk + secondTalk,
        responsible: '103',
        people: [
          { extension: '101', rang: true, rangSeconds: waitSeconds, talkSeconds: firstTalk },
          { extension: '103', rang: true, talkSeconds: secondTalk },
        ],
        transfers: [{ kind: 'attended', from: '101', to: '103' }],
      },
    ]
  },
  'in-attended-refer': attendedByRefer({ blonde: false, target: '103' }),
  'in-attended-refer-to-group': attendedByRefer({ blonde: false, target: '7002', others: ['102', '104'] }),
  'in-attended-refer-to-queue': attendedByRefer({ blonde: false, target: '7003', others: ['102'] }),
  'in-blonde-refer': attendedByRefer({ blonde: true, target: '103' }),
  'in-threeway': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'caller', talkMs: 9000 })
    const [first, third] = [lab.phone('101'), lab.phone('103')]
    const waitSeconds = await answerAfter(first, 1000)
    await sleep(1500)
    await first.dtmf('*2103')
    const rangSeconds = await answerAfter(third, 1000)
    await sleep(1000)
    await first.dtmf('*3')
    await call
    // The two colleagues talk on; that is no part of the client's call.
    await sleep(2000)
    await first.hangup()
    // The last one in the bridge is hung up with it, sooner or later than we ask.
    await third.hangup().catch(() => {})
    return [
      {
        ...inbound,
        line: '7001',
        result: 'answered',
        waitSeconds,
        responsible: '103',
        people: [
          // Held from the code's second digit to the last one of the number.
          { extension: '101', rang: true, rangSeconds: waitSeconds, holdSeconds: 0.7 },
          { extension: '103', rang: true, rangSeconds },
        ],
        transfers: [{ kind: 'attended', from: '101', to: '103' }],
      },
    ]
  },
}

/** 106 talks to the client, asks 103 on a second line and hands over by REFER with Replaces: answered, or while 103 still rings. */
function attendedByRefer({ blonde, target, others = [] }: Consultation & { readonly blonde: boolean }): Scenario {
  return async (lab) => {
    await using agent = await SipUserAgent.start('106', ownPort(lab), lab.ports.sip)
    const call = lab.trunk.call({ from: CLIENT, did: '7108', hangUp: 'callee' })
    const first = await agent.waitFor('ringing')
    const rang = now()
    await sleep(1000)
    agent.accept(first)
    const rangSeconds = since(rang)
    const talked = now()
    await sleep(2000)
    const second = agent.dial(target)
    const third = lab.phone('103')
    await third.waitForRing(5000)
    const rang103 = now()
    if (!blonde) {
      await sleep(1000)
      await third.accept()
    }
    const asked = since(rang103)
    await sleep(1500)
    agent.transfer(first, second)
    await sleep(50)
    const firstTalk = since(talked)
    const handed = now()
    if (blonde) {
      await sleep(1000)
      await third.accept()
    }
    const ringSeconds = blonde ? since(rang103) : asked
    const again = blonde ? now() : handed
    await sleep(2500)
    await third.hangup()
    const secondTalk = since(again)
    await call
    return [
      {
        ...inbound,
        line: '7108',
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds: firstTalk + secondTalk,
        responsible: '103',
        people: [
          { extension: '106', rang: true, rangSeconds, talkSeconds: firstTalk },
          { extension: '103', rang: true, rangSeconds: ringSeconds, talkSeconds: secondTalk },
          ...others.map((extension) => silent(extension, ringSeconds)),
        ],
        transfers: [{ kind: 'attended', from: '106', to: '103' }],
      },
    ]
  }
}

/** `transferdigittimeout`: 7002 could be the beginning of a longer number. */
const DIGIT_TIMEOUT_SECONDS = 3

interface Consultation {
  readonly target: string
  /** Whose phones ring beside the one of 103, who answers. */
  readonly others?: readonly Extension[]
}

/** 101 talks to the client, asks 103 by the feature code and hands over by hanging up. */
function attendedByFeature(target: string, others: readonly Extension[] = []): Scenario {
  return async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'callee' })
    const first = lab.phone('101')
    const third = lab.phone('103')
    const waitSeconds = await answerAfter(first, 1000)
    await sleep(2000)
    const code = `*2${target}`
    await first.dtmf(code)
    // The client is left with the last of the digits, or when Asterisk has waited for one more.
    const firstTalk = 2 + code.length * 0.24 + (target.length > 3 ? DIGIT_TIMEOUT_SECONDS : 0)
    const rang103 = await answerAfter(third, 1500)
    await sleep(2000)
    await first.hangup()
    const again = now()
    await sleep(3000)
    await third.hangup()
    const secondTalk = since(again)
    await call
    return [
      answeredCall('7001', {
        waitSeconds,
        talkSeconds: firstTalk + secondTalk,
        responsible: '103',
        people: [
          { extension: '101', rang: true, rangSeconds: waitSeconds, talkSeconds: firstTalk },
          { extension: '103', rang: true, rangSeconds: rang103, talkSeconds: secondTalk },
          ...others.map((extension) => silent(extension, rang103)),
        ],
        transfers: [{ kind: 'attended', from: '101', to: '103' }],
      }),
    ]
  }
}
