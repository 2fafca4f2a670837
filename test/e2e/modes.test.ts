import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ServiceProcess } from '../stage/service-process.ts'
import { type Stage, setStage } from '../stage/stage.ts'

const RING_MS = 10_000

describe('given modes', () => {
  let stage: Stage
  let service: ServiceProcess | undefined
  afterEach(async () => {
    await service?.[Symbol.asyncDispose]()
  })

  /** A known client calls 7001 and is answered; what the CRM was told meanwhile. */
  async function answeredCall(): Promise<{ readonly writes: number; readonly cards: number }> {
    stage.sandbox.clearRequests()
    using cards = await stage.cards('101')
    const call = stage.lab.trunk.call({ from: '+79221532327', did: '7001', hangUp: 'caller', talkMs: 1_000 })
    await stage.lab.phone('101').waitForRing(RING_MS)
    await stage.lab.phone('101').accept()
    await call
    await stage.settled(30_000)
    // A write that must not come has had time to come.
    await sleep(1_500)
    const writes = stage.sandbox.requests().filter(({ method }) => method !== 'GET').length
    return { writes, cards: cards.messages.filter(({ type }) => type === 'card').length }
  }

  describe('when the service only watches', () => {
    beforeAll(async () => {
      stage = await setStage({
        asterisk: '22',
        sandbox: {
          seed: (hands) => void hands.addContact({ name: 'Иван Петров', phones: ['+79221532327'], owner: 7_000_002 }),
        },
        config: { service: { mode: 'watch' }, lines: [{ did: '7001', routing: { on: true } }] },
      })
    })
    afterAll(() => stage[Symbol.asyncDispose]())

    test('then nobody is routed, no card is shown, nothing is written, and the journal knows', async () => {
      service = await stage.start()
      expect(await answeredCall()).toEqual({ writes: 0, cards: 0 })
      const ended = await service.waitForLog(({ msg }) => msg === 'call ended', 5_000)
      expect(ended).toMatchObject({
        result: 'answered',
        responsible: '101',
        registered: { kind: 'journal-only', why: 'service-not-on' },
      })
    })
  })

  describe('when only the line watches', () => {
    beforeAll(async () => {
      stage = await setStage({ asterisk: '22', config: { lines: [{ did: '7001', mode: 'watch' }] } })
    })
    afterAll(() => stage[Symbol.asyncDispose]())

    test('then its calls show no card and write nothing', async () => {
      service = await stage.start()
      expect(await answeredCall()).toEqual({ writes: 0, cards: 0 })
    })
  })
})
