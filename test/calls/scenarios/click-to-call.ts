import { setTimeout as sleep } from 'node:timers/promises'
import { originate } from '../ari-actions.ts'
import { CLIENT, outbound, silent } from '../experienced.ts'
import { answerAfter, rangUntilIdle } from '../on-the-phone.ts'
import type { Scenario, Scenarios } from '../scenario.ts'
import { now, since } from '../stopwatch.ts'

export const clickStories: Scenarios = {
  'click-to-call': clickToCall('PJSIP/101'),
  'click-to-call-local': clickToCall('Local/101@from-internal/n'),
  'click-client-busy': async (lab) => {
    await using _callee = await lab.trunk.answerWith('busy')
    await originate(lab, { endpoint: 'PJSIP/101', extension: CLIENT, context: 'from-internal' })
    const rangSeconds = await answerAfter(lab.phone('101'), 1000)
    await lab.phone('101').waitForIdle(10_000)
    return [
      outbound(CLIENT, {
        result: 'busy',
        hangupCause: 17,
        people: [{ extension: '101', rang: true, rangSeconds, talkSeconds: 0 }],
      }),
    ]
  },
  'click-unanswered': async (lab) => {
    await originate(lab, { endpoint: 'PJSIP/101', extension: CLIENT, context: 'from-internal', timeout: '3' })
    const rang = await rangUntilIdle(lab.phone('101'))
    return [
      {
        direction: 'internal',
        client: '',
        line: '',
        result: 'no-answer',
        talkSeconds: 0,
        responsible: '',
        people: [silent('101', rang)],
      },
    ]
  },
  'click-client-first': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 1500 })
    await originate(lab, { endpoint: `PJSIP/${CLIENT}@trunk`, extension: '101', context: 'from-internal' })
    const rangSeconds = await answerAfter(lab.phone('101'), 1500)
    const talked = now()
    await sleep(2500)
    await lab.phone('101').hangup()
    const talkSeconds = since(talked)
    const person = { extension: '101', rang: true, rangSeconds, talkSeconds }
    return [outbound(CLIENT, { waitSeconds: rangSeconds + 1.5, talkSeconds, responsible: '101', people: [person] })]
  },
}

function clickToCall(endpoint: string): Scenario {
  return async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 1500 })
    await originate(lab, { endpoint, extension: CLIENT, context: 'from-internal' })
    const rangSeconds = await answerAfter(lab.phone('101'), 1500)
    await sleep(1500)
    const talked = now()
    await sleep(3000)
    await lab.phone('101').hangup()
    const talkSeconds = since(talked)
    return [
      outbound(CLIENT, {
        waitSeconds: 1.5,
        talkSeconds,
        responsible: '101',
        people: [{ extension: '101', rang: true, rangSeconds, talkSeconds }],
      }),
    ]
  }
}
