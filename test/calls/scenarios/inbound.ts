import { setTimeout as sleep } from 'node:timers/promises'
import { ari, stasisApp } from '../ari-actions.ts'
import { CLIENT, inbound, OTHER, silent } from '../experienced.ts'
import { answerAfter, rangUntilIdle, simpleCall } from '../on-the-phone.ts'
import type { Scenarios } from '../scenario.ts'
import { now, since } from '../stopwatch.ts'

export const inboundStories: Scenarios = {
  'in-answered': simpleCall('7001', '101'),
  'in-recorded': async (lab) => (await simpleCall('7007', '101')(lab)).map((call) => ({ ...call, recordings: 1 })),
  'in-recorded-relative': async (lab) =>
    (await simpleCall('7113', '101')(lab)).map((call) => ({ ...call, recordings: 1 })),
  'in-local-optimised': simpleCall('7103', '103', 1000, 4000),
  'in-callee-hangs-up': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001' })
    const phone = lab.phone('101')
    const rangSeconds = await answerAfter(phone, 1000)
    const talked = now()
    await sleep(2500)
    await phone.hangup()
    const talkSeconds = since(talked)
    await call
    const person = { extension: '101', rang: true, rangSeconds, talkSeconds }
    return [
      {
        ...inbound,
        line: '7001',
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds,
        responsible: '101',
        people: [person],
      },
    ]
  },
  'in-missed-sequence': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7006' })
    const rang101 = await rangUntilIdle(lab.phone('101'))
    const rang102 = await rangUntilIdle(lab.phone('102'))
    await call
    const people = [silent('101', rang101), silent('102', rang102)]
    return [
      {
        ...inbound,
        line: '7006',
        result: 'missed',
        waitSeconds: rang101 + rang102,
        talkSeconds: 0,
        responsible: '',
        people,
      },
    ]
  },
  'in-abandoned-ringing': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', giveUpAfterMs: 3000 })
    await lab.phone('101').waitForRing(5000)
    await call
    return [
      {
        ...inbound,
        line: '7001',
        result: 'abandoned',
        waitSeconds: 3,
        talkSeconds: 0,
        responsible: '',
        people: [silent('101', 3)],
      },
    ]
  },
  'in-phone-rejects': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001' })
    const phone = lab.phone('101')
    await phone.waitForRing(5000)
    await sleep(1000)
    await phone.reject()
    await call
    return [
      {
        ...inbound,
        line: '7001',
        result: 'missed',
        waitSeconds: 1,
        talkSeconds: 0,
        responsible: '',
        people: [silent('101', 1)],
      },
    ]
  },
  'in-pbx-busy': async (lab) => {
    await lab.trunk.call({ from: CLIENT, did: '7104' })
    return [{ ...inbound, line: '7104', result: 'missed', talkSeconds: 0, responsible: '', people: [] }]
  },
  'in-missed-announcement': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7105' })
    const rang = await rangUntilIdle(lab.phone('101'))
    await call
    return [
      { ...inbound, line: '7105', result: 'missed', talkSeconds: 0, responsible: '', people: [silent('101', rang)] },
    ]
  },
  'in-announcement-answers-first': async (lab) => {
    const began = now()
    const call = lab.trunk.call({ from: CLIENT, did: '7120', hangUp: 'callee' })
    const phone = lab.phone('101')
    const rangSeconds = await answerAfter(phone, 1500)
    const waitSeconds = since(began)
    const talked = now()
    await sleep(2500)
    await phone.hangup()
    const talkSeconds = since(talked)
    await call
    const person = { extension: '101', rang: true, rangSeconds, talkSeconds }
    return [
      { ...inbound, line: '7120', result: 'answered', waitSeconds, talkSeconds, responsible: '101', people: [person] },
    ]
  },
  'in-hold': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'callee' })
    const phone = lab.phone('101')
    const rangSeconds = await answerAfter(phone, 1000)
    const talked = now()
    await sleep(1500)
    await phone.hold()
    const held = now()
    await sleep(2500)
    await phone.resume()
    const holdSeconds = since(held)
    await sleep(1500)
    await phone.hangup()
    const talkSeconds = since(talked)
    await call
    const person = { extension: '101', rang: true, rangSeconds, talkSeconds, holdSeconds }
    return [
      {
        ...inbound,
        line: '7001',
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds,
        responsible: '101',
        people: [person],
      },
    ]
  },
  'in-two-at-once': async (lab) => {
    const one = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'caller', talkMs: 3000 })
    const two = lab.trunk.call({ from: OTHER, did: '7002', hangUp: 'caller', talkMs: 2000 })
    const first = await answerAfter(lab.phone('101'), 1000)
    await answerAfter(lab.phone('103'), 1000)
    await Promise.all([one, two])
    const base = { ...inbound, result: 'answered' }
    return [
      {
        ...base,
        line: '7001',
        waitSeconds: first,
        talkSeconds: 3,
        responsible: '101',
        people: [{ extension: '101', rang: true, talkSeconds: 3 }],
      },
      {
        ...base,
        client: `+${OTHER}`,
        line: '7002',
        talkSeconds: 2,
        responsible: '103',
        people: [silent('102'), { extension: '103', rang: true, talkSeconds: 2 }, silent('104')],
      },
    ]
  },
  'in-callee-goes-on': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7110', hangUp: 'caller', talkMs: 2500 })
    const rangSeconds = await answerAfter(lab.phone('101'), 1000)
    await call
    await lab.phone('101').waitForIdle(10_000)
    const person = { extension: '101', rang: true, rangSeconds, talkSeconds: 2.5 }
    return [
      {
        ...inbound,
        line: '7110',
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds: 2.5,
        responsible: '101',
        people: [person],
      },
    ]
  },
  'in-survey-for-client': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7112' })
    const phone = lab.phone('101')
    const rangSeconds = await answerAfter(phone, 1000)
    const talked = now()
    await sleep(2000)
    await phone.hangup()
    const talkSeconds = since(talked)
    await call
    const person = { extension: '101', rang: true, rangSeconds, talkSeconds }
    return [
      {
        ...inbound,
        line: '7112',
        result: 'answered',
        waitSeconds: rangSeconds,
        talkSeconds,
        responsible: '101',
        people: [person],
      },
    ]
  },
  'in-confirmation-refused': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7114' })
    const rangSeconds = await answerAfter(lab.phone('104'), 1000)
    await call
    return [
      {
        ...inbound,
        line: '7114',
        result: 'missed',
        talkSeconds: 0,
        responsible: '',
        people: [silent('104', rangSeconds)],
      },
    ]
  },
  'in-unregistered': async (lab) => {
    const phone = lab.phone('101')
    await phone.unregister()
    await lab.trunk.call({ from: CLIENT, did: '7001' })
    await phone.register()
    return [{ ...inbound, line: '7001', result: 'missed', talkSeconds: 0, responsible: '', people: [] }]
  },
  'in-stasis-mixing': async (lab) => {
    const api = ari(lab)
    await using app = await stasisApp(lab, 'lab-mixer')
    const call = lab.trunk.call({ from: CLIENT, did: '7109', hangUp: 'callee' })
    const client = await app.started()
    await api('POST', `channels/${client}/answer`)
    await api('POST', 'bridges?type=mixing&bridgeId=lab-mix-1')
    await api('POST', `bridges/lab-mix-1/addChannel?channel=${client}`)
    await sleep(1000)
    await api('POST', 'channels?endpoint=PJSIP/102&app=lab-mixer&channelId=lab-person-1')
    const rangSeconds = await answerAfter(lab.phone('102'), 1500)
    await app.started()
    await api('POST', 'bridges/lab-mix-1/addChannel?channel=lab-person-1')
    const talked = now()
    await sleep(2500)
    await lab.phone('102').hangup()
    const talkSeconds = since(talked)
    await sleep(500)
    await api('DELETE', `channels/${client}`)
    await api('DELETE', 'bridges/lab-mix-1')
    await call
    const person = { extension: '102', rang: true, rangSeconds, talkSeconds }
    return [
      {
        ...inbound,
        line: '7109',
        result: 'answered',
        waitSeconds: rangSeconds + 1,
        talkSeconds,
        responsible: '102',
        people: [person],
      },
    ]
  },
}
