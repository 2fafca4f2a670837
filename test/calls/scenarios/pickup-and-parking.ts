import { setTimeout as sleep } from 'node:timers/promises'
import { CLIENT, inbound, silent } from '../experienced.ts'
import { answerAfter } from '../on-the-phone.ts'
import type { Scenarios } from '../scenario.ts'
import { now, since } from '../stopwatch.ts'

export const pickupAndParkingStories: Scenarios = {
  'in-pickup': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'callee' })
    await lab.phone('101').waitForRing(5000)
    const rang = now()
    await sleep(1500)
    await lab.phone('102').dial('**101')
    await lab.phone('102').waitForTalk(5000)
    const rangSeconds = since(rang)
    const talked = now()
    await sleep(3000)
    await lab.phone('102').hangup()
    const talkSeconds = since(talked)
    await call
    const people = [silent('101', rangSeconds), { extension: '102', rang: false, rangSeconds: 0, talkSeconds }]
    return [
      {
        ...inbound,
        line: '7001',
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds,
        responsible: '102',
        people,
      },
    ]
  },
  'in-parked': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'callee' })
    const first = lab.phone('101')
    const rangSeconds = await answerAfter(first, 1000)
    const talked = now()
    await sleep(2000)
    await first.transfer('800')
    const firstTalk = since(talked)
    await sleep(3000)
    const second = lab.phone('102')
    await second.dial('801')
    await second.waitForTalk(5000)
    const again = now()
    await sleep(3000)
    await second.hangup()
    const secondTalk = since(again)
    await call
    return [
      {
        ...inbound,
        line: '7001',
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds: firstTalk + secondTalk,
        responsible: '102',
        people: [
          { extension: '101', rang: true, rangSeconds, talkSeconds: firstTalk },
          { extension: '102', rang: false, rangSeconds: 0, talkSeconds: secondTalk },
        ],
      },
    ]
  },
}
