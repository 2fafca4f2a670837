import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ServiceProcess } from '../stage/service-process.ts'
import { type Stage, setStage } from '../stage/stage.ts'
import { startOf, stepsUntil } from './_asterisk-records.ts'

const RING_MS = 10_000
/** Design section 4: the line's deadline (1.5 s), half a second for the guard, and the rest of the dialplan. */
const LONGEST_DETOUR_MS = 2_500

describe.each(['22', '16'] as const)('given Asterisk %s', (asterisk) => {
  let stage: Stage
  let service: ServiceProcess | undefined

  beforeAll(async () => {
    stage = await setStage({
      impatient: true,
      asterisk,
      cel: 'fractions',
      config: { lines: [{ did: '7001', routing: { on: true } }] },
    })
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())
  afterEach(async () => {
    await service?.[Symbol.asyncDispose]()
    service = undefined
  })

  /** A call to 7001, answered and ended by 101; how long after the arrival 101 was dialled, by Asterisk's own records. */
  async function callThrough(from: string, meanwhile: () => Promise<void> = async () => {}): Promise<number> {
    const call = stage.lab.trunk.call({ from, did: '7001', hangUp: 'caller', talkMs: 1_000 })
    await meanwhile()
    await stage.lab.phone('101').waitForRing(RING_MS)
    await stage.lab.phone('101').accept()
    const [result] = await call
    expect(result?.answered).toBe(true)
    const steps = await stepsUntil(stage.lab, from, (all) => all.some(({ event }) => event === 'LINKEDID_END'))
    return startOf(steps, 'Dial', 'default-route') - (steps[0]?.at ?? 0)
  }

  test('when the service does not run, then a call takes the default route at once', async () => {
    expect(await callThrough('+79210000001')).toBeLessThan(500)
  })

  test('when the service ends in the moment a call ends, then the call is in the CRM after the next start', async () => {
    const first = await stage.start()
    service = first
    await stage.lab.trunk.call({ from: '+79210000005', did: '7001', giveUpAfterMs: 1_000 })
    expect(await first.stop()).toBe(0)
    service = await stage.start()
    await stage.settled(40_000)
    expect(stage.sandbox.callNotes().filter(({ phone }) => phone === '+79210000005')).toMatchObject([{ status: 6 }])
  })

  test('when the service ends in good order during a call and comes back, then the call is in the CRM once', async () => {
    const first = await stage.start()
    service = first
    const call = stage.lab.trunk.call({ from: '+79210000004', did: '7001', hangUp: 'caller', talkMs: 6_000 })
    await stage.lab.phone('101').waitForRing(RING_MS)
    await stage.lab.phone('101').accept()
    await sleep(500)
    using _cards = await stage.cards('101')
    const stopping = performance.now()
    expect(await first.stop()).toBe(0)
    // A browser with cards open must not hold the service up; systemd would kill it.
    expect(performance.now() - stopping).toBeLessThan(10_000)
    service = await stage.start()
    await call
    await stage.settled(40_000)
    const notes = stage.sandbox.callNotes().filter(({ phone }) => phone === '+79210000004')
    expect(notes).toMatchObject([{ status: 4, direction: 'in', author: 7_000_001 }])
  })

  test('when the service is killed during a conversation and comes back, then the call goes on and is in the CRM once', async () => {
    const doomed = await stage.start()
    const call = stage.lab.trunk.call({ from: '+79210000006', did: '7001', hangUp: 'caller', talkMs: 6_000 })
    await stage.lab.phone('101').waitForRing(RING_MS)
    await stage.lab.phone('101').accept()
    await sleep(500)
    doomed.signal('SIGKILL')
    service = await stage.start()
    const [result] = await call
    expect(result?.answered).toBe(true)
    await stage.settled(40_000)
    const notes = stage.sandbox.callNotes().filter(({ phone }) => phone === '+79210000006')
    expect(notes).toMatchObject([{ status: 4, direction: 'in', author: 7_000_001 }])
  })

  test('when the service is stopped while it is asked, then the caller goes on by Asterisk’s own guard', async () => {
    service = await stage.start()
    service.signal('SIGSTOP')
    const delay = await callThrough('+79210000002')
    expect(delay).toBeGreaterThan(1_000)
    expect(delay).toBeLessThan(LONGEST_DETOUR_MS)
  })

  test('when the service is killed while it holds a call, then the caller goes on by Asterisk’s own guard', async () => {
    const doomed = await stage.start()
    service = doomed
    doomed.signal('SIGSTOP')
    const delay = await callThrough('+79210000003', async () => {
      await sleep(500)
      doomed.signal('SIGKILL')
    })
    expect(delay).toBeGreaterThan(1_000)
    expect(delay).toBeLessThan(LONGEST_DETOUR_MS)
  })
})
