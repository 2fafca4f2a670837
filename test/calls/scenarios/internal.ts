import { setTimeout as sleep } from 'node:timers/promises'
import { silent } from '../experienced.ts'
import { answerAfter } from '../on-the-phone.ts'
import type { Scenarios } from '../scenario.ts'
import { now, since } from '../stopwatch.ts'

export const internalStories: Scenarios = {
  'internal-answered': async (lab) => {
    await lab.phone('101').dial('102')
    const rangSeconds = await answerAfter(lab.phone('102'), 1500)
    const talked = now()
    await sleep(2000)
    await lab.phone('101').hangup()
    const talkSeconds = since(talked)
    const people = [
      { extension: '102', rang: true, rangSeconds, talkSeconds },
      { extension: '101', rang: false, rangSeconds: 0, talkSeconds },
    ]
    return [
      { direction: 'internal', client: '', line: '', result: 'answered', talkSeconds, responsible: '102', people },
    ]
  },
  'internal-unanswered': async (lab) => {
    await lab.phone('101').dial('102')
    await lab.phone('102').waitForRing(5000)
    await sleep(2000)
    await lab.phone('101').hangup()
    await lab.phone('102').waitForIdle(5000)
    return [
      {
        direction: 'internal',
        client: '',
        line: '',
        result: 'no-answer',
        talkSeconds: 0,
        responsible: '',
        people: [silent('102', 2)],
      },
    ]
  },
}
