import { setTimeout as sleep } from 'node:timers/promises'
import type { Extension } from '../../lab/ports.ts'
import { answeredCall, CLIENT, inbound, silent } from '../experienced.ts'
import { answerAfter } from '../on-the-phone.ts'
import type { Scenario, Scenarios } from '../scenario.ts'
import { now, since } from '../stopwatch.ts'

export const pickupAndParkingStories: Scenarios = {
  'in-pickup': pickedUp({ did: '7001', rings: ['101'], code: '**101', by: '102' }),
  'in-pickup-of-group-member': pickedUp({ did: '7002', rings: ['102', '103', '104'], code: '**103', by: '101' }),
  'in-pickup-anybody-of-group': pickedUp({ did: '7002', rings: ['102', '103', '104'], code: '*8', by: '105' }),
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
  'in-parked-hangs-up': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'caller', talkMs: 5000 })
    const phone = lab.phone('101')
    const rangSeconds = await answerAfter(phone, 1000)
    const talked = now()
    await sleep(2000)
    await phone.transfer('800')
    const talkSeconds = since(talked)
    await call
    const people = [{ extension: '101', rang: true, rangSeconds, talkSeconds }]
    return [answeredCall('7001', { waitSeconds: rangSeconds, talkSeconds, responsible: '101', people })]
  },
  'in-parked-comes-back': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'callee' })
    const phone = lab.phone('101')
    const rangSeconds = await answerAfter(phone, 1000)
    const talked = now()
    await sleep(2000)
    await phone.transfer('850')
    const firstTalk = since(talked)
    const rangAgain = await answerAfter(phone, 1000)
    const again = now()
    await sleep(2500)
    await phone.hangup()
    const talkSeconds = firstTalk + since(again)
    await call
    const people = [{ extension: '101', rang: true, rangSeconds: rangSeconds + rangAgain, talkSeconds }]
    return [answeredCall('7001', { waitSeconds: rangSeconds, talkSeconds, intervals: 2, responsible: '101', people })]
  },
}

interface Pickup {
  readonly did: string
  readonly rings: readonly [Extension, ...Extension[]]
  /** What the one who picks up dials. */
  readonly code: string
  readonly by: Extension
}

function pickedUp({ did, rings, code, by }: Pickup): Scenario {
  return async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did, hangUp: 'callee' })
    await lab.phone(rings[0]).waitForRing(5000)
    const rang = now()
    await sleep(1500)
    await lab.phone(by).dial(code)
    await lab.phone(by).waitForTalk(5000)
    const rangSeconds = since(rang)
    const talked = now()
    await sleep(3000)
    await lab.phone(by).hangup()
    const talkSeconds = since(talked)
    await call
    const picker = { extension: by, rang: rings.includes(by), rangSeconds: 0, talkSeconds }
    const people = [...rings.map((extension) => silent(extension, rangSeconds)), picker]
    return [answeredCall(did, { waitSeconds: rangSeconds, talkSeconds, responsible: by, people })]
  }
}
