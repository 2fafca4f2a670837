import { setTimeout as sleep } from 'node:timers/promises'
import type { Phone } from '../../lab/phone.ts'
import { CLIENT, inbound, OTHER } from '../experienced.ts'
import { answerAfter } from '../on-the-phone.ts'
import type { Scenario, Scenarios } from '../scenario.ts'
import { now, since } from '../stopwatch.ts'

export const transfersBlindStories: Scenarios = {
  'in-blind-refer': transferredBy((phone) => phone.transfer('103')),
  'in-blind-feature': transferredBy((phone) => phone.dtmf('##103')),
  'in-transferred-outside': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 1500 })
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'caller', talkMs: 8000 })
    const rangSeconds = await answerAfter(lab.phone('101'), 1000)
    await sleep(2000)
    await lab.phone('101').transfer(OTHER)
    await call
    // The client's eight seconds, without those in which the second phone rang.
    const talkSeconds = 8 - 1.5
    return [
      {
        ...inbound,
        line: '7001',
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds,
        responsible: '101',
        // Whoever answers outside answers for the one who transferred.
        people: [{ extension: '101', rang: true, talkSeconds }],
        transfers: [{ kind: 'blind', from: '101', to: `+${OTHER}` }],
      },
    ]
  },
}

function transferredBy(how: (phone: Phone) => Promise<void>): Scenario {
  return async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'callee' })
    const waitSeconds = await answerAfter(lab.phone('101'), 1000)
    const talked = now()
    await sleep(2000)
    await how(lab.phone('101'))
    const third = lab.phone('103')
    await third.waitForRing(10_000)
    const firstTalk = since(talked)
    const rang103 = await answerAfter(third, 1500)
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
          { extension: '103', rang: true, rangSeconds: rang103, talkSeconds: secondTalk },
        ],
        transfers: [{ kind: 'blind', from: '101', to: '103' }],
      },
    ]
  }
}
