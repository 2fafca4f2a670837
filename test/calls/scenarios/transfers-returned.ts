import { setTimeout as sleep } from 'node:timers/promises'
import type { Phone } from '../../lab/phone.ts'
import { answeredCall, CLIENT, type Experienced, silent } from '../experienced.ts'
import { ownPort } from '../lab-additions.ts'
import { answerAfter, rangUntilIdle } from '../on-the-phone.ts'
import type { Scenario, Scenarios } from '../scenario.ts'
import { SipUserAgent } from '../sip-user-agent.ts'
import { now, since } from '../stopwatch.ts'

/** Digits are pressed behind our back, a quarter of a second each. */
const DIGIT_SECONDS = 0.24

/** Transfers that fail: the client comes back to whoever transferred, or never left. */
export const transfersReturnedStories: Scenarios = {
  'in-blind-refer-to-nowhere': async (lab) => {
    await using agent = await SipUserAgent.start('106', ownPort(lab), lab.ports.sip)
    const call = lab.trunk.call({ from: CLIENT, did: '7108', hangUp: 'callee' })
    const { rangSeconds, leg } = await agentAnswers(agent)
    const talked = now()
    await sleep(1500)
    agent.refer(leg, '300')
    await sleep(1500)
    agent.hangup(leg)
    const talkSeconds = since(talked)
    await call
    const people = [{ extension: '106', rang: true, rangSeconds, talkSeconds }]
    return [answeredCall('7108', { waitSeconds: rangSeconds, talkSeconds, responsible: '106', people })]
  },
  'in-blind-feature-to-nowhere': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'callee' })
    const phone = lab.phone('101')
    const rangSeconds = await answerAfter(phone, 1000)
    const talked = now()
    await sleep(1500)
    await phone.dtmf('##300')
    await sleep(6000)
    await phone.hangup()
    const talkSeconds = since(talked)
    await call
    const people = [{ extension: '101', rang: true, rangSeconds, talkSeconds }]
    return [answeredCall('7001', { waitSeconds: rangSeconds, talkSeconds, responsible: '101', people })]
  },
  'in-blind-unanswered-returns': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'callee' })
    const [first, third] = [lab.phone('101'), lab.phone('103')]
    const waitSeconds = await answerAfter(first, 1000)
    const talked = now()
    await sleep(2000)
    await first.transfer('2103')
    await third.waitForRing(5000)
    const firstTalk = since(talked)
    const rang103 = await rangUntilIdle(third)
    const rangAgain = await answerAfter(first, 1000)
    const again = now()
    await sleep(2500)
    await first.hangup()
    const secondTalk = since(again)
    await call
    const talkSeconds = firstTalk + secondTalk
    return [
      answeredCall('7001', {
        waitSeconds,
        talkSeconds,
        intervals: 2,
        responsible: '101',
        people: [
          { extension: '101', rang: true, rangSeconds: waitSeconds + rangAgain, talkSeconds },
          silent('103', rang103),
        ],
        transfers: [{ kind: 'blind', from: '101', to: '2103' }],
      }),
    ]
  },
  'in-attended-refused': consulted(async (phone) => {
    await phone.waitForRing(10_000)
    const rang = now()
    await sleep(1000)
    await phone.reject()
    return since(rang)
  }),
  'in-attended-consulted-leaves': consulted(async (phone) => {
    const rangSeconds = await answerAfter(phone, 1000)
    await sleep(2000)
    await phone.hangup()
    return rangSeconds
  }),
  'in-attended-refer-refused': async (lab) => {
    await using agent = await SipUserAgent.start('106', ownPort(lab), lab.ports.sip)
    const call = lab.trunk.call({ from: CLIENT, did: '7108', hangUp: 'callee' })
    const { rangSeconds, leg: first } = await agentAnswers(agent)
    const talked = now()
    await sleep(1500)
    agent.dial('103')
    const third = lab.phone('103')
    await third.waitForRing(5000)
    await sleep(1000)
    await third.reject()
    await sleep(1500)
    agent.hangup(first)
    const talkSeconds = since(talked)
    await call
    return [
      // What 106 asked 103 on a second line is a call of its own.
      answeredCall('7108', {
        waitSeconds: rangSeconds,
        talkSeconds,
        responsible: '106',
        people: [{ extension: '106', rang: true, rangSeconds, talkSeconds }],
      }),
      {
        ...{ direction: 'internal', client: '', line: '', result: 'busy', responsible: '' },
        talkSeconds: 0,
        people: [silent('103', 1)],
      },
    ]
  },
  'in-blonde-unanswered-returns': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'callee' })
    const [first, third] = [lab.phone('101'), lab.phone('103')]
    const waitSeconds = await answerAfter(first, 1000)
    await sleep(1500)
    await first.dtmf('*2103')
    const firstTalk = 1.5 + 5 * DIGIT_SECONDS
    await third.waitForRing(10_000)
    const rang = now()
    await sleep(1000)
    await first.hangup()
    await third.waitForIdle(20_000)
    let rang103 = since(rang)
    await sleep(500)
    // One time in twenty 16.28 gives up its first call back at once and tries 103 again.
    const calledBack = first.isRinging()
    if (!calledBack) {
      rang103 += await rangUntilIdle(third)
      await sleep(500)
    }
    const rangAgain = 0.5 + (await answerAfter(first, 500))
    const again = now()
    await sleep(2500)
    await first.hangup()
    const secondTalk = since(again)
    await call
    const talkSeconds = firstTalk + secondTalk
    return [
      answeredCall('7001', {
        waitSeconds,
        talkSeconds,
        intervals: 2,
        responsible: '101',
        people: [
          { extension: '101', rang: true, rangSeconds: waitSeconds + rangAgain, talkSeconds },
          silent('103', rang103),
        ],
        transfers: [{ kind: 'attended', from: '101', to: '103' }],
      }),
      ...(calledBack ? [] : [abandonedCallBack]),
    ]
  },
}

const abandonedCallBack: Experienced = {
  ...{ direction: 'internal', client: '', line: '', result: 'no-answer', responsible: '' },
  talkSeconds: 0,
  people: [silent('101', 0)],
}

async function agentAnswers(agent: SipUserAgent) {
  const leg = await agent.waitFor('ringing')
  const rang = now()
  await sleep(1000)
  agent.accept(leg)
  return { rangSeconds: since(rang), leg }
}

/** 101 asks 103 by the feature code, 103 does not stay, and 101 is back with the client, who heard music meanwhile. */
function consulted(third: (phone: Phone) => Promise<number>): Scenario {
  return async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'callee' })
    const first = lab.phone('101')
    const waitSeconds = await answerAfter(first, 1000)
    await sleep(1500)
    await first.dtmf('*2103')
    const firstTalk = 1.5 + 5 * DIGIT_SECONDS
    const rang103 = await third(lab.phone('103'))
    const back = now()
    await sleep(5000)
    await first.hangup()
    const secondTalk = since(back)
    await call
    const talkSeconds = firstTalk + secondTalk
    return [
      answeredCall('7001', {
        waitSeconds,
        talkSeconds,
        intervals: 2,
        responsible: '101',
        people: [{ extension: '101', rang: true, rangSeconds: waitSeconds, talkSeconds }, silent('103', rang103)],
      }),
    ]
  }
}
