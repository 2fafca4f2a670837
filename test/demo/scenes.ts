import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from '../stage/stage.ts'
import type { Narrator } from './narrator.ts'

const RING_MS = 20_000

/** One call a client or a manager makes, played by real phones. */
export interface Scene {
  readonly title: string
  readonly play: (stage: Stage, narrator: Narrator) => Promise<void>
}

export const scenes: readonly Scene[] = [
  {
    title: 'A known client calls: the phone of the manager who owns them rings first',
    play: async ({ lab }, narrator) => {
      const call = lab.trunk.call({ from: '+79221532327', did: '7001', hangUp: 'caller', talkMs: 5_000 })
      const ring = await lab.phone('102').waitForRing(RING_MS)
      narrator.say('phone', `102 rings and shows "${ring.displayName}"`)
      await sleep(1_500)
      await lab.phone('102').accept()
      await call
    },
  },
  {
    title: 'An unknown client calls the sales group: three phones ring, one answers',
    play: async ({ lab }, narrator) => {
      const call = lab.trunk.call({ from: '+79031112233', did: '7002', hangUp: 'caller', talkMs: 4_000 })
      await Promise.all(['102', '103'].map((extension) => lab.phone(extension as '102').waitForRing(RING_MS)))
      await sleep(1_000)
      narrator.say('phone', '103 answers')
      await lab.phone('103').accept()
      await call
    },
  },
  {
    title: 'A client gives up while the phone rings: a missed call',
    play: async ({ lab }) => {
      await lab.trunk.call({ from: '+79165554433', did: '7002', giveUpAfterMs: 3_000 })
    },
  },
  {
    title: 'A manager calls a client by hand',
    play: async ({ lab }) => {
      await using callee = await lab.trunk.answerWith('answer')
      await lab.phone('101').dial('+79221532327')
      await callee.waitForCalls(1, RING_MS)
      await lab.phone('101').waitForTalk(RING_MS)
      await sleep(3_000)
      await lab.phone('101').hangup()
    },
  },
]
