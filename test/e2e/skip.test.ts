import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BLACKLIST_CONTEXT } from '../../src/calls/blacklist.ts'
import type { Call } from '../../src/calls/call.ts'
import { createCallTracker } from '../../src/calls/call-tracker.ts'
import { decodeCel } from '../../src/reconciliation/decode-cel.ts'
import type { CardListener } from '../stage/card-listener.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import { eventually, type Stage, setStage } from '../stage/stage.ts'
import { callweaveDialplan } from './_freepbx.ts'

const RING_MS = 10_000
const SETTLE_MS = 40_000
const CLIENT = '+79221532327'

/** Lines that opt out before they ring and in between, a private number, a blacklist as FreePBX has it, and two dials on one channel. */
const contexts = `
[from-trunk](+)
exten => 7050,1,Gosub(callweave-skip,s,1)
 same => n,Gosub(callweave-in,s,1($\{EXTEN}))
 same => n,Dial(PJSIP/101,20)
 same => n,Hangup()
exten => 7051,1,Dial(PJSIP/101,3)
 same => n,Gosub(callweave-skip,s,1)
 same => n,Dial(PJSIP/102,20)
 same => n,Hangup()
exten => 7052,1,Gosub(${BLACKLIST_CONTEXT},s,1)
[${BLACKLIST_CONTEXT}]
exten => s,1,Answer()
 same => n,Wait(1)
 same => n,Hangup()
[from-internal](+)
exten => 5050,1,Gosub(callweave-skip,s,1)
 same => n,Dial(PJSIP/${CLIENT}@trunk,20)
 same => n,Hangup()
exten => 5051,1,Dial(PJSIP/${CLIENT}@trunk,20,g)
 same => n(wait),Wait(0.3)
 same => n,GotoIf($["$\{AGAIN}" != "1"]?wait)
 same => n,Dial(PJSIP/${CLIENT}@trunk,20,g)
 same => n,Hangup()
`

describe.each(['22', '16'] as const)('given Asterisk %s, the service and a CRM', (asterisk) => {
  let stage: Stage
  let service: ServiceProcess
  const opened = new DisposableStack()

  beforeAll(async () => {
    stage = await setStage({ impatient: true, asterisk })
    const custom = join(stage.lab.etcAsterisk, 'extensions_custom.conf')
    await writeFile(custom, (await readFile(custom, 'utf8')) + contexts)
    await callweaveDialplan(stage, '--ari', '--install')
    service = await stage.start()
  })
  afterAll(async () => {
    opened.dispose()
    await stage?.[Symbol.asyncDispose]()
  })
  beforeEach(() => stage.sandbox.clearRequests())

  const phone = (extension: '101' | '102') => stage.lab.phone(extension)
  const cardsOf = async (extension: string): Promise<CardListener> => opened.use(await stage.cards(extension))
  const cardsAmong = (listener: CardListener) => listener.messages.filter(({ type }) => type !== 'welcome')
  /** From the first closing on: a card that comes back would be among it. */
  const closing = (listener: CardListener) =>
    listener.messages.slice(listener.messages.findIndex(({ type }) => type === 'closed'))
  const call = (did: string) => stage.lab.trunk.call({ from: CLIENT, did, hangUp: 'caller', talkMs: 1_500 })

  /** The last call as CEL tells it, once its rows are written. */
  async function lastByCel(): Promise<Call | undefined> {
    const rows = await stage.lab.cel()
    const tracker = createCallTracker({ staff: { internal: /^1\d\d$/, people: [] }, country: 'RU', evidence: 'cel' })
    const phases = decodeCel(rows).flatMap((event) => tracker.take(event))
    phases.push(...tracker.take({ kind: 'clock', at: Date.now() + 60_000 }))
    return phases.findLast(({ kind }) => kind === 'ended')?.call
  }

  async function expectNothingLeft(change: Partial<Call>): Promise<void> {
    await stage.settled(SETTLE_MS)
    expect(stage.sandbox.requests().filter(({ method }) => method !== 'GET')).toEqual([])
    expect(stage.sandbox.callNotes()).toEqual([])
    expect(stage.sandbox.contacts()).toEqual([])
    expect(await lastByCel()).toMatchObject({ client: CLIENT, skipped: true, ...change })
  }

  test('when a call goes through callweave-skip, then it rings and is answered, and leaves neither card nor trace in the CRM', async () => {
    const anna = await cardsOf('101')
    const under = call('7050')
    await phone('101').waitForRing(RING_MS)
    await phone('101').accept()
    expect(await under).toMatchObject([{ answered: true }])
    await expectNothingLeft({ direction: 'in', line: '7050', answered: true })
    expect(cardsAmong(anna)).toEqual([])
  })

  test('when a call opts out after a phone rang, then whoever rings next sees nothing, and nothing is registered', async () => {
    const [anna, boris] = [await cardsOf('101'), await cardsOf('102')]
    const under = call('7051')
    await anna.waitFor(({ type }) => type === 'card', RING_MS)
    await phone('102').waitForRing(RING_MS)
    await phone('102').accept()
    expect(await under).toMatchObject([{ answered: true }])
    await expectNothingLeft({ direction: 'in', answered: true, responsible: '102' })
    // The phone's end and the caller's mark are told by two channels, in either order: both are true reasons.
    expect(closing(anna)).toMatchObject([{ reason: expect.stringMatching(/^(not-answered|skipped)$/) }])
    expect(cardsAmong(boris)).toEqual([])
  })

  test('when the mark appears while a card is shown, then the card closes for that reason', async () => {
    const anna = await cardsOf('101')
    const under = stage.lab.trunk.call({ from: CLIENT, did: '7001', hangUp: 'caller', talkMs: 1_500 })
    await anna.waitFor(({ type }) => type === 'card', RING_MS)
    const channel = /PJSIP\/trunk-\w+/.exec(await stage.lab.cli('core show channels concise'))?.[0]
    await stage.lab.cli(`dialplan set chanvar ${channel} CALLWEAVE_SKIP 1`)
    await phone('101').accept()
    await anna.waitFor(({ type }) => type === 'closed', 3_000)
    await under
    await stage.settled(SETTLE_MS)
    expect(closing(anna)).toMatchObject([{ reason: 'skipped' }])
    expect(stage.sandbox.callNotes()).toEqual([])
  })

  test('when a colleague calls by a private number, then nothing is registered', async () => {
    const anna = await cardsOf('101')
    await stage.lab.trunk.answerWith('answer', { hangUpAfterMs: 1_500 })
    await phone('101').dial('5050')
    await phone('101').waitForTalk(RING_MS)
    await phone('101').waitForIdle(RING_MS)
    await expectNothingLeft({ direction: 'out', answered: true, startedBy: '101' })
    expect(cardsAmong(anna)).toEqual([])
  })

  test('when the blacklist turns a caller away, then nothing is registered', async () => {
    await stage.lab.trunk.call({ from: CLIENT, did: '7052' })
    await expectNothingLeft({ direction: 'in', answered: false })
  })

  test('when a channel calls a client again and the service was started in between, then both calls are registered', async () => {
    const notes = () => stage.sandbox.callNotes().map(({ uniq, seconds }) => ({ uniq, seconds }))
    const callee = await stage.lab.trunk.answerWith('answer', { hangUpAfterMs: 1_500 })
    await phone('101').dial('5051')
    await eventually(() => notes().length === 1, SETTLE_MS, 'the first call has no note')
    await service.stop()
    service = await stage.start()
    await stage.lab.cli('dialplan set global AGAIN 1')
    await callee.waitForCalls(2, RING_MS)
    await phone('101').waitForIdle(RING_MS)
    await eventually(() => notes().length === 2, SETTLE_MS, 'the second call has no note')
    await stage.settled(SETTLE_MS)
    const [first, second] = notes()
    expect(second?.uniq).toBe(`${first?.uniq}#2`)
    expect([first, second].map((note) => Math.abs(Number(note?.seconds) - 1.5) <= 1)).toEqual([true, true])
    expect(service.log.filter(({ msg }) => msg === 'call ended')).toHaveLength(1)
  })
})
