import { setTimeout as sleep } from 'node:timers/promises'
import { CLIENT, outbound } from '../experienced.ts'
import { sparePort } from '../lab-additions.ts'
import type { Scenario, Scenarios } from '../scenario.ts'
import { SipUserAgent } from '../sip-user-agent.ts'
import { now, since } from '../stopwatch.ts'

/** `44…` goes by the trunk `spare`, then by `trunk`; `33…` by `spare` alone. */
export const secondTrunkStories: Scenarios = {
  'out-second-trunk-after-refusal': async (lab) => {
    await using spare = await SipUserAgent.start('spare', sparePort(lab), lab.ports.sip)
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 2000 })
    const phone = lab.phone('101')
    await phone.dial(`44${CLIENT}`)
    const dialled = now()
    const first = await spare.waitFor('ringing')
    await sleep(1000)
    spare.refuse(first, '503 Service Unavailable')
    await phone.waitForTalk(10_000)
    const waitSeconds = since(dialled)
    const talked = now()
    await sleep(2500)
    await phone.hangup()
    const talkSeconds = since(talked)
    const people = [{ extension: '101', rang: false, talkSeconds }]
    return [outbound(CLIENT, { waitSeconds, talkSeconds, responsible: '101', hangupCause: 16, people })]
  },
  'out-both-trunks-refuse': async (lab) => {
    await using spare = await SipUserAgent.start('spare', sparePort(lab), lab.ports.sip)
    await using _callee = await lab.trunk.answerWith('busy')
    const phone = lab.phone('101')
    await phone.dial(`44${CLIENT}`)
    const first = await spare.waitFor('ringing')
    await sleep(1500)
    spare.refuse(first, '503 Service Unavailable')
    await phone.waitForIdle(10_000)
    return [outbound(CLIENT, { result: 'busy', waitSeconds: 1.5, hangupCause: 17 })]
  },
  'out-early-media-answered': earlyMedia(async (spare, call) => spare.accept(call)),
  'out-early-media-unanswered': earlyMedia(undefined),
}

/** The network speaks to the caller for two seconds before anybody answers, or nobody does. */
function earlyMedia(
  answer: ((spare: SipUserAgent, call: Awaited<ReturnType<SipUserAgent['waitFor']>>) => Promise<void>) | undefined,
): Scenario {
  return async (lab) => {
    await using spare = await SipUserAgent.start('spare', sparePort(lab), lab.ports.sip)
    const phone = lab.phone('101')
    await phone.dial(`33${CLIENT}`)
    const dialled = now()
    const call = await spare.waitFor('ringing')
    spare.announce(call)
    await sleep(2000)
    if (!answer) {
      spare.refuse(call, '480 Temporarily Unavailable')
      await phone.waitForIdle(5000)
      return [outbound(CLIENT, { line: 'spare', result: 'no-answer', waitSeconds: since(dialled), hangupCause: 19 })]
    }
    await answer(spare, call)
    const waitSeconds = since(dialled)
    const talked = now()
    await sleep(2500)
    await phone.hangup()
    const talkSeconds = since(talked)
    const people = [{ extension: '101', rang: false, talkSeconds }]
    return [outbound(CLIENT, { line: 'spare', waitSeconds, talkSeconds, responsible: '101', people })]
  }
}
