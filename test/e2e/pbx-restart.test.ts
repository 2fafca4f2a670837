import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAsterisk } from '../../src/asterisk/asterisk-link.ts'
import type { Call } from '../../src/calls/call.ts'
import { createCallTracker } from '../../src/calls/call-tracker.ts'
import { createCallPump } from '../../src/live/call-pump.ts'
import { CLIENT, OTHER } from '../calls/experienced.ts'
import { prepareLab } from '../calls/lab-additions.ts'
import { answerAfter } from '../calls/on-the-phone.ts'
import { now, since } from '../calls/stopwatch.ts'
import { tellCel } from '../calls/tell.ts'
import { trimCel } from '../calls/trim.ts'
import { type Lab, type LabOptions, startLab } from '../lab/lab.ts'

/** What the two calls had come to when Asterisk was killed. */
interface Cut {
  /** Epoch milliseconds. */
  readonly killedAt: number
  readonly talkSeconds: number
  readonly rangSeconds: number
}

/** Whole seconds of the table, and the last row before the end is not the end. */
const ROWS_SECONDS = 1.5

describe.each([{ asterisk: '16' }, { asterisk: '22' }] as const)(
  'given Asterisk $asterisk is killed while a client talks and another one is called',
  (options: LabOptions) => {
    let lab: Lab
    let cut: Cut
    const live: Call[] = []
    let links = 0

    beforeAll(async () => {
      lab = await startLab(options)
      await prepareLab(lab)
      const stop = new AbortController()
      const listening = listen(lab, live, () => (links += 1), stop.signal)
      await until(() => links === 1)
      cut = await cutCalls(lab)
      await lab.crashAsterisk(2000)
      await Promise.all(['101', '102', '103'].map((extension) => lab.phone(extension as '101').register()))
      await until(() => links === 2)
      await nextCall(lab)
      await until(() => live.length === 3)
      stop.abort()
      await listening
    })
    afterAll(() => lab?.[Symbol.asyncDispose]())

    test('when the link stands again, then live events end both calls at the moment it was killed', () => {
      live.sort((a, b) => a.startedAt - b.startedAt)
      expect(live.map(essence)).toEqual(
        [TALKED, CALLED, NEXT].map((call) => ({ ...call, evidence: expect.anything() })),
      )
      const [talked, called, next] = live
      for (const call of [talked, called]) {
        expect(call?.evidence).toBe('reconstructed')
        expect(Math.abs((call?.endedAt ?? 0) - cut.killedAt)).toBeLessThan(500)
        expect(call?.hangupCause).toBeUndefined()
      }
      expect(talked?.talkSeconds).toBeCloseTo(cut.talkSeconds, 0)
      expect(called?.waitSeconds).toBeCloseTo(cut.rangSeconds, 0)
      expect(next).toMatchObject({ evidence: 'live', talkSeconds: expect.closeTo(2, 0) })
    })

    test('when the rows are read, then CEL ends both calls with the last row before', async () => {
      const told = tellCel(trimCel(await lab.cel()))
      expect(told.live).toEqual([])
      const calls = told.calls.toSorted((a, b) => a.startedAt - b.startedAt)
      expect(calls.map(essence)).toEqual([TALKED, CALLED, NEXT].map((call) => ({ ...call, evidence: 'cel' })))
      // The last row of all is the ringing of the second call.
      for (const call of calls.slice(0, 2)) {
        expect((call.endedAt ?? 0) / 1000).toBeGreaterThan(cut.killedAt / 1000 - cut.rangSeconds - ROWS_SECONDS)
        expect((call.endedAt ?? 0) / 1000).toBeLessThan(cut.killedAt / 1000 + ROWS_SECONDS)
      }
    })
  },
)

const TALKED = { direction: 'in', client: `+${CLIENT}`, line: '7001', result: 'answered', responsible: '101' }
const CALLED = { direction: 'out', client: `+${OTHER}`, line: 'trunk', result: 'no-answer', responsible: '' }
const NEXT = { direction: 'in', client: `+${CLIENT}`, line: '7001', result: 'answered', responsible: '101' }

function essence({ direction, client, line, result, responsible, evidence }: Call) {
  return { direction, client, line, result, responsible, evidence }
}

/** A client talks to 101 for four seconds and 102 has called another one for two of them. */
async function cutCalls(lab: Lab): Promise<Cut> {
  await using _callee = await lab.trunk.answerWith('answer', { ringMs: 60_000 })
  const hangUp = new AbortController()
  const call = lab.trunk.call({ from: CLIENT, did: '7001', signal: hangUp.signal }).catch(() => {})
  await answerAfter(lab.phone('101'), 1000)
  const talked = now()
  await sleep(2000)
  await lab.phone('102').dial(OTHER)
  const dialled = now()
  await sleep(2000)
  process.kill(lab.asteriskPid, 'SIGKILL')
  const cut = { killedAt: Date.now(), talkSeconds: since(talked), rangSeconds: since(dialled) }
  hangUp.abort()
  await call
  for (const extension of ['101', '102'] as const)
    await lab
      .phone(extension)
      .hangup()
      .catch(() => {})
  return cut
}

async function nextCall(lab: Lab): Promise<void> {
  const call = lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'caller', talkMs: 2000 })
  await answerAfter(lab.phone('101'), 1000)
  await call
}

/** The service's own ear: its link, its pump, its interpreter. */
async function listen(lab: Lab, ended: Call[], stands: () => void, signal: AbortSignal): Promise<void> {
  const note = () => {}
  const log = { debug: note, info: note, warn: note, error: note }
  using link = createAsterisk({ ari: { ...lab.ari, application: 'restart-test' }, log, timing: { patience: 0.1 } })
  const tracker = createCallTracker({ staff: { internal: /^1\d\d$/, people: [] }, country: 'RU' })
  using pump = createCallPump({
    tracker,
    asteriskNow: link.now,
    react: (phase) => {
      if (phase.kind === 'ended') ended.push(phase.call)
    },
    failed: (error) => {
      throw error
    },
  })
  for await (const message of link.messages(signal)) {
    if (message.kind !== 'call-events') continue
    pump.take(message.events)
    // Its snapshot: from here on nothing is missed.
    if (message.events.some(({ kind }) => kind === 'snapshot')) stands()
  }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('not within 20 s')
    await sleep(50)
  }
}
