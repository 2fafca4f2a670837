import { CLIENT, inbound, silent } from '../experienced.ts'
import { answerAfter, rangUntilIdle } from '../on-the-phone.ts'
import type { Scenarios } from '../scenario.ts'
import { now, since } from '../stopwatch.ts'

export const ivrAndVoicemailStories: Scenarios = {
  'in-abandoned-ivr': async (lab) => {
    await lab.trunk.call({ from: CLIENT, did: '7004', hangUp: 'caller', talkMs: 3000 })
    return [
      { ...inbound, line: '7004', result: 'abandoned', waitSeconds: 3, talkSeconds: 0, responsible: '', people: [] },
    ]
  },
  'in-ivr-digit': async (lab) => {
    const call = lab.trunk.call({
      from: CLIENT,
      did: '7004',
      dtmf: { afterMs: 1500, digits: '1' },
      hangUp: 'caller',
      talkMs: 6000,
    })
    const rangSeconds = await answerAfter(lab.phone('101'), 1500)
    const talked = now()
    await call
    const talkSeconds = since(talked)
    const person = { extension: '101', rang: true, rangSeconds, talkSeconds }
    return [
      { ...inbound, line: '7004', result: 'answered', talkSeconds, responsible: '101', people: [person], ivr: '1' },
    ]
  },
  'in-voicemail': async (lab) => {
    await lab.trunk.call({ from: CLIENT, did: '7005', hangUp: 'caller', talkMs: 12_000, audio: true })
    return [
      { ...inbound, line: '7005', result: 'voicemail', waitSeconds: 12, talkSeconds: 0, responsible: '', people: [] },
    ]
  },
  'in-voicemail-greeting-only': async (lab) => {
    const call = lab.trunk.call({ from: CLIENT, did: '7106', hangUp: 'caller', talkMs: 2000, audio: true })
    const rang = await rangUntilIdle(lab.phone('101'))
    await call
    return [
      {
        ...inbound,
        line: '7106',
        result: 'abandoned',
        waitSeconds: rang + 2,
        talkSeconds: 0,
        responsible: '',
        people: [silent('101', rang)],
      },
    ]
  },
}
