import { setTimeout as sleep } from 'node:timers/promises'
import { CLIENT, inbound, MOBILE_OF_105, OTHER, silent } from '../experienced.ts'
import { ownPort } from '../lab-additions.ts'
import { answerAfter, rangUntilIdle } from '../on-the-phone.ts'
import type { Scenarios } from '../scenario.ts'
import { SipUserAgent } from '../sip-user-agent.ts'

export const forwardingStories: Scenarios = {
  'in-forwarded-302': async (lab) => {
    await using agent = await SipUserAgent.start('106', ownPort(lab), lab.ports.sip)
    const call = lab.trunk.call({ from: CLIENT, did: '7108', hangUp: 'caller', talkMs: 3000 })
    const asked = await agent.waitFor('ringing')
    await sleep(1000)
    agent.redirect(asked, '104')
    const rangSeconds = await answerAfter(lab.phone('104'), 1500)
    await call
    const people = [silent('106', 1), { extension: '104', rang: true, rangSeconds, talkSeconds: 3 }]
    return [
      {
        ...inbound,
        line: '7108',
        result: 'answered',
        waitSeconds: rangSeconds + 1,
        talkSeconds: 3,
        responsible: '104',
        people,
      },
    ]
  },
  'in-forwarded-302-outside': async (lab) => {
    await using agent = await SipUserAgent.start('106', ownPort(lab), lab.ports.sip)
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 1500 })
    const call = lab.trunk.call({ from: CLIENT, did: '7108', hangUp: 'caller', talkMs: 3000 })
    const asked = await agent.waitFor('ringing')
    await sleep(1000)
    agent.redirect(asked, OTHER)
    await call
    const person = { extension: '106', external: `+${OTHER}`, rang: true, rangSeconds: 2.5, talkSeconds: 3 }
    return [
      {
        ...inbound,
        line: '7108',
        result: 'answered',
        waitSeconds: 2.5,
        talkSeconds: 3,
        responsible: '106',
        people: [person],
      },
    ]
  },
  'in-mobile': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 2000 })
    await lab.trunk.call({ from: CLIENT, did: '7101', hangUp: 'caller', talkMs: 3000 })
    const person = { extension: '105', external: `+${MOBILE_OF_105}`, rang: true, rangSeconds: 2, talkSeconds: 3 }
    return [
      {
        ...inbound,
        line: '7101',
        result: 'answered',
        waitSeconds: 2,
        talkSeconds: 3,
        responsible: '105',
        people: [person],
      },
    ]
  },
  'in-follow-me-mobile': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 1500 })
    const call = lab.trunk.call({ from: CLIENT, did: '7121', hangUp: 'caller', talkMs: 3000 })
    const desk = await rangUntilIdle(lab.phone('105'))
    await call
    const seconds = { rangSeconds: desk + 1.5, talkSeconds: 3 }
    return [
      {
        ...inbound,
        line: '7121',
        result: 'answered',
        waitSeconds: desk + 1.5,
        talkSeconds: 3,
        responsible: '105',
        people: [{ extension: '105', external: `+${MOBILE_OF_105}`, rang: true, ...seconds }],
      },
    ]
  },
  'in-forwarded-outside': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 2000 })
    await lab.trunk.call({ from: CLIENT, did: '7102', hangUp: 'caller', talkMs: 3000 })
    const person = { extension: '104', external: `+${OTHER}`, rang: true, rangSeconds: 2, talkSeconds: 3 }
    return [
      {
        ...inbound,
        line: '7102',
        result: 'answered',
        waitSeconds: 2,
        talkSeconds: 3,
        responsible: '104',
        people: [person],
      },
    ]
  },
  'in-desk-or-mobile': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 5000 })
    const call = lab.trunk.call({ from: CLIENT, did: '7107', hangUp: 'caller', talkMs: 2500 })
    const rangSeconds = await answerAfter(lab.phone('101'), 1500)
    await call
    const people = [
      { extension: '101', rang: true, rangSeconds, talkSeconds: 2.5 },
      { extension: '105', external: `+${MOBILE_OF_105}`, rang: true, rangSeconds, talkSeconds: 0 },
    ]
    return [
      {
        ...inbound,
        line: '7107',
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds: 2.5,
        responsible: '101',
        people,
      },
    ]
  },
}
