import { setTimeout as sleep } from 'node:timers/promises'
import { CLIENT, inbound, OTHER } from '../experienced.ts'
import type { Scenarios } from '../scenario.ts'
import { now, since } from '../stopwatch.ts'

export const conferenceStories: Scenarios = {
  'in-conference': async (lab) => {
    const one = lab.trunk.call({ from: CLIENT, did: '7008', hangUp: 'caller', talkMs: 7000 })
    await sleep(1000)
    const two = lab.trunk.call({ from: OTHER, did: '7008', hangUp: 'caller', talkMs: 4000 })
    await sleep(1500)
    await lab.phone('101').dial('7008')
    await lab.phone('101').waitForTalk(5000)
    const joined = now()
    await two
    const withTwo = since(joined)
    await one
    const withOne = since(joined)
    await sleep(500)
    await lab.phone('101').hangup()
    const person = { extension: '101', rang: false, rangSeconds: 0 }
    const base = { ...inbound, line: '7008', result: 'answered', responsible: '101' }
    return [
      { ...base, talkSeconds: withOne, people: [{ ...person, talkSeconds: withOne }] },
      { ...base, client: `+${OTHER}`, talkSeconds: withTwo, people: [{ ...person, talkSeconds: withTwo }] },
      { direction: 'internal', client: '', line: '', result: 'failed', talkSeconds: 0, responsible: '', people: [] },
    ]
  },
  'in-conference-two-persons': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7008', hangUp: 'caller', talkMs: 8000 })
    await sleep(1500)
    await lab.phone('101').dial('7008')
    await lab.phone('101').waitForTalk(5000)
    const one = now()
    await sleep(1500)
    await lab.phone('102').dial('7008')
    await lab.phone('102').waitForTalk(5000)
    const two = now()
    await sleep(1500)
    await lab.phone('101').hangup()
    const talk101 = since(one)
    await call
    const talk102 = since(two)
    await sleep(500)
    await lab.phone('102').hangup()
    const people = [
      { extension: '101', rang: false, talkSeconds: talk101 },
      { extension: '102', rang: false, talkSeconds: talk102 },
    ]
    // Between themselves the two have an internal call each; only the client's is looked at.
    const own = {
      direction: 'internal',
      client: '',
      line: '',
      result: '',
      talkSeconds: 0,
      responsible: '',
      people: [],
    } as const
    return [
      {
        ...inbound,
        line: '7008',
        result: 'answered',
        talkSeconds: talk101 + talk102 - 1.5,
        responsible: '102',
        people,
      },
      own,
      own,
    ]
  },
}
