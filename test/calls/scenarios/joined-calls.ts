import { setTimeout as sleep } from 'node:timers/promises'
import { CLIENT, type Experienced, inbound, OTHER, outbound } from '../experienced.ts'
import { ownPort } from '../lab-additions.ts'
import { answerAfter } from '../on-the-phone.ts'
import type { Scenarios } from '../scenario.ts'
import { SipUserAgent } from '../sip-user-agent.ts'
import { now, since } from '../stopwatch.ts'

/** A colleague's own call whose talk with others is not looked at. */
const own: Experienced = { direction: 'internal', client: '', line: '', result: '', responsible: '', people: [] }

/** Calls that come together: each client keeps one of its own, and a call without a client goes into the client's. */
export const joinedCallsStories: Scenarios = {
  'internal-sent-on-to-client': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 2000 })
    const [first, second] = [lab.phone('101'), lab.phone('102')]
    await first.dial('102')
    await answerAfter(second, 1000)
    await sleep(2000)
    await second.transfer(CLIENT)
    const sent = now()
    await sleep(2000)
    const waitSeconds = since(sent)
    const talked = now()
    await sleep(3000)
    await first.hangup()
    const talkSeconds = since(talked)
    const people = [
      { extension: '102', rang: true, rangSeconds: 1, talkSeconds: 0 },
      { extension: '101', rang: false, talkSeconds },
    ]
    const transfers = [{ kind: 'blind', from: '102', to: `+${CLIENT}` }] as const
    return [outbound(CLIENT, { waitSeconds, talkSeconds, responsible: '101', people, transfers })]
  },
  'internal-client-conferenced-in': async (lab) => {
    await using callee = await lab.trunk.answerWith('answer', { ringMs: 1500 })
    const [first, second] = [lab.phone('101'), lab.phone('102')]
    await first.dial('102')
    await answerAfter(second, 1000)
    await sleep(1500)
    await first.dtmf(`*2${CLIENT}`)
    await callee.waitForCalls(1, 15_000)
    await sleep(1500)
    const answered = now()
    await sleep(2500)
    // Two digits of a quarter of a second.
    await first.dtmf('*3')
    await sleep(3500)
    await second.hangup()
    await sleep(1500)
    await first.hangup()
    // The consultation goes on in the three-way talk, which the second digit of the code opens.
    const withAll = 3.5 - 2 * 0.24
    const talkSeconds = since(answered)
    return [
      outbound(CLIENT, {
        waitSeconds: 1.5,
        talkSeconds,
        responsible: '101',
        people: [
          { extension: '102', rang: true, rangSeconds: 1, talkSeconds: withAll },
          // Whom 101 held meanwhile is no client.
          { extension: '101', rang: false, talkSeconds, holdSeconds: 0 },
        ],
        transfers: [{ kind: 'attended', from: '101', to: `+${CLIENT}` }],
      }),
    ]
  },
  'two-clients-joined-by-refer': async (lab) => {
    await using agent = await SipUserAgent.start('106', ownPort(lab), lab.ports.sip)
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 1000 })
    const call = lab.trunk.call({ from: CLIENT, did: '7108', hangUp: 'caller', talkMs: 9000 })
    const first = await agent.waitFor('ringing')
    await sleep(1000)
    agent.accept(first)
    const talked = now()
    await sleep(2000)
    const second = agent.dial(OTHER)
    await agent.waitFor('talking', 8000, second)
    const asked = now()
    await sleep(2000)
    agent.transfer(first, second)
    const [firstTalk, secondTalk] = [since(talked), since(asked)]
    await call
    return [
      {
        ...inbound,
        line: '7108',
        result: 'answered',
        waitSeconds: 1,
        talkSeconds: firstTalk,
        responsible: '106',
        people: [{ extension: '106', rang: true, rangSeconds: 1, talkSeconds: firstTalk }],
        transfers: [{ kind: 'attended', from: '106', to: `+${OTHER}` }],
      },
      outbound(OTHER, {
        waitSeconds: 1,
        talkSeconds: secondTalk,
        responsible: '106',
        people: [{ extension: '106', rang: false, talkSeconds: secondTalk }],
      }),
    ]
  },
  'in-conference-client-called-in': async (lab) => {
    await using _callee = await lab.trunk.answerWith('answer', { ringMs: 1000, hangUpAfterMs: 9000 })
    const call = lab.trunk.call({ from: CLIENT, did: '7008', hangUp: 'caller', talkMs: 13_000 })
    await sleep(500)
    await lab.phone('101').dial('7008')
    await lab.phone('101').waitForTalk(5000)
    const joined = now()
    const caller = lab.phone('102')
    await caller.dial(OTHER)
    await caller.waitForTalk(5000)
    const talked = now()
    await sleep(2000)
    await caller.transfer('7008')
    const withCaller = since(talked)
    const inRoom = now()
    await sleep(4000)
    await lab.phone('101').hangup()
    const [withOne, withTwo] = [since(joined), since(inRoom)]
    await call
    return [
      {
        ...inbound,
        line: '7008',
        result: 'answered',
        talkSeconds: withOne,
        responsible: '101',
        people: [{ extension: '101', rang: false, talkSeconds: withOne }],
      },
      outbound(OTHER, {
        waitSeconds: 1,
        talkSeconds: withCaller + withTwo,
        responsible: '101',
        people: [
          { extension: '102', rang: false, talkSeconds: withCaller },
          { extension: '101', rang: false, talkSeconds: withTwo },
        ],
        transfers: [{ kind: 'blind', from: '102', to: '7008' }],
      }),
      own,
    ]
  },
}
