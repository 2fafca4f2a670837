import { setTimeout as sleep } from 'node:timers/promises'
import { CLIENT, inbound } from '../experienced.ts'
import { strangerPort } from '../lab-additions.ts'
import { answerAfter } from '../on-the-phone.ts'
import type { Scenarios } from '../scenario.ts'
import { SipUserAgent } from '../sip-user-agent.ts'

/** What comes in at an open SIP port is nobody's call; the client's call beside it is told as ever. */
export const strangersStories: Scenarios = {
  'in-beside-scanners': async (lab) => {
    await using refused = await SipUserAgent.start('101', strangerPort(lab), lab.ports.sip)
    await using admitted = await SipUserAgent.start('sipvicious', strangerPort(lab) + 1, lab.ports.sip)
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'caller', talkMs: 5000 })
    const attempt = refused.dial('900441904911000')
    const menu = admitted.dial('00442')
    const rangSeconds = await answerAfter(lab.phone('101'), 1000)
    await refused.waitFor('over', 5000, attempt)
    await admitted.waitFor('talking', 5000, menu)
    await lab.phone('104').waitForRing(10_000)
    await sleep(1000)
    admitted.hangup(menu)
    await call
    return [
      {
        ...inbound,
        line: '7001',
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds: 5,
        responsible: '101',
        people: [{ extension: '101', rang: true, rangSeconds, talkSeconds: 5 }],
      },
    ]
  },
}
