import { setTimeout as sleep } from 'node:timers/promises'
import type { Phone } from '../../lab/phone.ts'
import type { Extension } from '../../lab/ports.ts'
import { answeredCall, CLIENT, OTHER, silent } from '../experienced.ts'
import { answerAfter } from '../on-the-phone.ts'
import type { Scenario, Scenarios } from '../scenario.ts'
import { now, since } from '../stopwatch.ts'

type Transfer = (phone: Phone) => Promise<void>

const refer =
  (to: string): Transfer =>
  (phone) =>
    phone.transfer(to)
const dial =
  (to: string): Transfer =>
  (phone) =>
    phone.dtmf(`##${to}`)

export const transfersBlindStories: Scenarios = {
  'in-blind-refer': handedOver(refer('103'), { to: '103' }),
  'in-blind-feature': handedOver(dial('103'), { to: '103' }),
  'in-blind-refer-to-group': handedOver(refer('7002'), { to: '7002', others: ['102', '104'] }),
  'in-blind-feature-to-group': handedOver(dial('7002'), { to: '7002', others: ['102', '104'] }),
  'in-blind-refer-to-queue': handedOver(refer('7003'), { to: '7003', others: ['102'] }),
  'in-blind-feature-to-queue': handedOver(dial('7003'), { to: '7003', others: ['102'] }),
  'in-transferred-outside': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 1500 })
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'caller', talkMs: 8000 })
    const waitSeconds = await answerAfter(lab.phone('101'), 1000)
    await sleep(2000)
    await lab.phone('101').transfer(OTHER)
    await call
    // The client's eight seconds, without those in which the second phone rang.
    const talkSeconds = 8 - 1.5
    return [
      answeredCall('7001', {
        waitSeconds,
        talkSeconds,
        intervals: 2,
        responsible: '101',
        // Whoever answers outside answers for the one who transferred.
        people: [{ extension: '101', rang: true, talkSeconds }],
        transfers: [{ kind: 'blind', from: '101', to: `+${OTHER}` }],
      }),
    ]
  },
}

/** 101 talks and hands the client over; 103 answers, be it alone or as one of several whose phones ring. */
function handedOver(
  transfer: Transfer,
  { to, others = [] }: { readonly to: string; readonly others?: readonly Extension[] },
): Scenario {
  return async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'callee' })
    const waitSeconds = await answerAfter(lab.phone('101'), 1000)
    const talked = now()
    await sleep(2000)
    await transfer(lab.phone('101'))
    const third = lab.phone('103')
    await third.waitForRing(10_000)
    const firstTalk = since(talked)
    const rangSeconds = await answerAfter(third, 1500)
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
          { extension: '103', rang: true, rangSeconds, talkSeconds: secondTalk },
          ...others.map((extension) => silent(extension, rangSeconds)),
        ],
        transfers: [{ kind: 'blind', from: '101', to }],
      }),
    ]
  }
}
