import { setTimeout as sleep } from 'node:timers/promises'
import { answeredCall, CLIENT, inbound, silent } from '../experienced.ts'
import { answerAfter, rangUntilIdle } from '../on-the-phone.ts'
import type { Scenarios } from '../scenario.ts'
import { now, since } from '../stopwatch.ts'

export const queuesAndGroupsStories: Scenarios = {
  'in-group-answered': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7002', hangUp: 'caller', talkMs: 2500 })
    const rangSeconds = await answerAfter(lab.phone('103'), 2000)
    await call
    const people = [
      silent('102', rangSeconds),
      { extension: '103', rang: true, rangSeconds, talkSeconds: 2.5 },
      silent('104', rangSeconds),
    ]
    return [
      {
        ...inbound,
        line: '7002',
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds: 2.5,
        responsible: '103',
        people,
      },
    ]
  },
  'in-group-abandoned': async (lab) => {
    await lab.trunk.call({ from: CLIENT, did: '7002', giveUpAfterMs: 2500 })
    const people = [silent('102', 2.5), silent('103', 2.5), silent('104', 2.5)]
    return [
      { ...inbound, line: '7002', result: 'abandoned', waitSeconds: 2.5, talkSeconds: 0, responsible: '', people },
    ]
  },
  'in-queue': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7003', hangUp: 'caller', talkMs: 3000 })
    const rangSeconds = await answerAfter(lab.phone('103'), 1500)
    await call
    const people = [silent('102', rangSeconds), { extension: '103', rang: true, rangSeconds, talkSeconds: 3 }]
    return [
      {
        ...inbound,
        line: '7003',
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds: 3,
        responsible: '103',
        people,
      },
    ]
  },
  'in-queue-local': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7009', hangUp: 'caller', talkMs: 3000 })
    const rangSeconds = await answerAfter(lab.phone('104'), 1500)
    await call
    const people = [silent('103', rangSeconds), { extension: '104', rang: true, rangSeconds, talkSeconds: 3 }]
    return [
      {
        ...inbound,
        line: '7009',
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds: 3,
        responsible: '104',
        people,
      },
    ]
  },
  'in-queue-abandoned': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7009', giveUpAfterMs: 3000 })
    await call
    return [
      {
        ...inbound,
        line: '7009',
        result: 'abandoned',
        waitSeconds: 3,
        talkSeconds: 0,
        responsible: '',
        people: [silent('103'), silent('104')],
      },
    ]
  },
  'in-two-rounds': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7111', hangUp: 'caller', talkMs: 2500 })
    const first = await rangUntilIdle(lab.phone('103'))
    const second = await answerAfter(lab.phone('104'), 1500)
    await call
    const people = [
      silent('103', first + second),
      { extension: '104', rang: true, rangSeconds: second, talkSeconds: 2.5 },
    ]
    return [
      {
        ...inbound,
        line: '7111',
        result: 'answered',
        waitSeconds: first + second,
        talkSeconds: 2.5,
        responsible: '104',
        people,
      },
    ]
  },
  'in-group-in-group': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7116', hangUp: 'caller', talkMs: 3000 })
    const rangSeconds = await answerAfter(lab.phone('104'), 1500)
    await call
    const taker = { extension: '104', rang: true, rangSeconds, talkSeconds: 3 }
    const people = [silent('101', rangSeconds), silent('103', rangSeconds), taker]
    return [answeredCall('7116', { waitSeconds: rangSeconds, talkSeconds: 3, responsible: '104', people })]
  },
  'in-queue-agent-rejects': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7115', hangUp: 'caller', talkMs: 3000 })
    const refuser = lab.phone('102')
    await refuser.waitForRing(5000)
    const rang = now()
    await sleep(1000)
    await refuser.reject()
    const refused = since(rang)
    const rangSeconds = await answerAfter(lab.phone('103'), 1500)
    const waitSeconds = since(rang)
    await call
    const people = [silent('102', refused), { extension: '103', rang: true, rangSeconds, talkSeconds: 3 }]
    return [answeredCall('7115', { waitSeconds, talkSeconds: 3, responsible: '103', people })]
  },
}
