import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { generate, type WebPbx } from '../lab/freepbx.ts'
import type { AsteriskVersion } from '../lab/root-fs.ts'
import type { CardListener } from '../stage/card-listener.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import { type Stage, setStage } from '../stage/stage.ts'
import { filesOf } from './_dialplan-files.ts'
import { asked, callweaveDialplan, ended, reachedMailbox, refusal, rung, untilDefaultRoute } from './_freepbx.ts'

const RING_MS = 10_000
const SETTLE_MS = 40_000
/** Design section 4: the line's deadline (1.5 s), half a second for the guard, and the rest of the dialplan. */
const LONGEST_DETOUR_MS = 2_500
/** Longer than the extension's own ring time (5 s), after which the PBX by itself would go into the mailbox. */
const RING_SECONDS = 8

/** Of 101, who has a mailbox. */
const ANNAS = '+79221532327'
/** Of 103, whose follow-me rings 104 and ends in a mailbox. */
const VERAS = '+79221532328'

/** The administrator's own dialplan, as the lab's PBX has it before anything of ours comes. */
const CUSTOM = join(import.meta.dirname, '../lab/asterisk/freepbx/extensions_custom.conf')

const closed = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] }
const line = (did: string, more: object = {}, ringSeconds = RING_SECONDS) => ({
  did,
  routing: { on: true, order: ['contact'], ringSeconds },
  ...more,
})
const lines = [
  ...['7001', '7002', '7004', '7003', '7006'].map((did) => line(did)),
  line('7005', { recording: 'force' }, 4),
  line('7008', { hours: { week: closed } }),
]

const pbxs: readonly (readonly [AsteriskVersion, WebPbx])[] = [
  ['22', 'freepbx'],
  ['16', 'freepbx'],
  ['16', 'issabel'],
]

describe.each(pbxs)('given Asterisk %s and %s', (asterisk, pbx) => {
  let stage: Stage
  let service: ServiceProcess
  let untouched: Readonly<Record<string, string>>
  const opened = new DisposableStack()

  beforeAll(async () => {
    stage = await setStage({
      asterisk,
      pbx,
      cel: 'fractions',
      config: { lines, asterisk: { askIn: 'all-lines' } },
      sandbox: {
        seed: (hands) => {
          hands.addContact({ name: 'Иван Петров', phones: [ANNAS], owner: 7_000_001 })
          hands.addContact({ name: 'Пётр Иванов', phones: [VERAS], owner: 7_000_003 })
        },
      },
    })
    const { 'extensions_callweave.conf': _ours, ...others } = await filesOf(stage.lab.etcAsterisk)
    untouched = { ...others, 'extensions_custom.conf': await readFile(CUSTOM, 'utf8') }
    await callweaveDialplan(stage, '--ari', '--install')
    service = await stage.start()
  })
  afterAll(async () => {
    opened.dispose()
    await stage?.[Symbol.asyncDispose]()
  })
  beforeEach(() => stage.sandbox.clearRequests())

  const phone = (extension: '101' | '102' | '103' | '104') => stage.lab.phone(extension)
  const cardsOf = async (extension: string): Promise<CardListener> => opened.use(await stage.cards(extension))
  const notesOf = (client: string) => stage.sandbox.callNotes().filter((note) => note.phone === client)
  const seconds = (note: { readonly seconds?: unknown } | undefined) => Number(note?.seconds)

  test('when a known client calls a recorded line, then the responsible rings first by name, and the call has card, note, DID and recording', async () => {
    const [anna, boris] = [await cardsOf('101'), await cardsOf('102')]
    const call = stage.lab.trunk.call({ from: ANNAS, did: '7005', hangUp: 'caller', talkMs: 4_000, audio: true })
    expect(await phone('101').waitForRing(RING_MS)).toMatchObject({ displayName: 'Иван Петров' })
    const card = await anna.waitFor(({ type }) => type === 'card', 2_000)
    expect(card['card']).toMatchObject({
      state: 'ringing',
      phone: ANNAS,
      client: { state: 'known', name: 'Иван Петров' },
    })
    await phone('101').accept()
    await call
    await stage.settled(SETTLE_MS)

    expect(rung(await ended(stage.lab, ANNAS))).toEqual(['101'])
    expect(boris.messages.filter(({ type }) => type === 'card')).toEqual([])
    expect(notesOf(ANNAS)).toMatchObject([{ direction: 'in', status: 4, author: 7_000_001, responsible: 7_000_001 }])
    expect(Math.abs(seconds(notesOf(ANNAS)[0]) - 4)).toBeLessThanOrEqual(1)
    const row = (await stage.lab.cdr()).find(({ did }) => did === '7005')
    const recorded = String(row?.['recordingfile'])
    expect(recorded).toMatch(pbx === 'issabel' ? /^force-7005-/ : /^in-7005-\+79221532327-\d{8}-\d{6}-/)
    const [, year, month, day] = /-(\d{4})(\d\d)(\d\d)-\d{6}-/.exec(recorded) ?? []
    const file = join(stage.lab.spool, 'monitor', `${year}`, `${month}`, `${day}`, recorded)
    expect((await stat(file)).size).toBeGreaterThan(16_000)
    const log = await service.waitForLog(({ msg }) => msg === 'call ended', 1_000)
    expect(log).toMatchObject({ line: '7005' })
  })

  test('when the responsible has a mailbox and does not answer, then the default route follows, never the mailbox, and whoever answers is registered', async () => {
    const before = notesOf(ANNAS).length
    const call = stage.lab.trunk.call({ from: ANNAS, did: '7001', hangUp: 'caller', talkMs: 2_000 })
    await phone('101').waitForRing(RING_MS)
    await phone('103').waitForRing(RING_MS)
    // The end of its ring may reach the phone a moment after the next one's beginning.
    await phone('101').waitForIdle(2_000)
    expect(phone('101').isRinging()).toBe(false)
    await phone('103').accept()
    expect(await call).toMatchObject([{ answered: true }])
    await stage.settled(SETTLE_MS)
    const steps = await ended(stage.lab, ANNAS)
    expect(rung(steps)).toEqual(['101', '102', '103'])
    expect(reachedMailbox(steps)).toBe(false)
    expect(notesOf(ANNAS).slice(before)).toMatchObject([{ direction: 'in', status: 4, author: 7_000_003 }])
  })

  test('when the default route itself ends in the mailbox, then it still does after a ring that nobody answered', async () => {
    const from = ANNAS
    const before = notesOf(from).length
    const call = stage.lab.trunk.call({ from, did: '7006', hangUp: 'caller', talkMs: 2_500, audio: true })
    await phone('101').waitForRing(RING_MS)
    expect(await call).toMatchObject([{ answered: true }])
    await stage.settled(SETTLE_MS)
    expect(reachedMailbox(await ended(stage.lab, from))).toBe(true)
    expect(notesOf(from).slice(before)).toMatchObject([{ direction: 'in', seconds: 0 }])
  })

  test('when the responsible has follow-me, then its end in a mailbox is not where the client goes', async () => {
    const call = stage.lab.trunk.call({ from: VERAS, did: '7001', hangUp: 'caller', talkMs: 1_500 })
    await phone('103').waitForRing(RING_MS)
    // FreePBX 17 would lose the block of the mailbox in follow-me: there only the extension's own phones are rung.
    if (asterisk === '16') await phone('104').waitForRing(RING_MS)
    await phone('102').waitForRing(RING_MS)
    await phone('102').accept()
    expect(await call).toMatchObject([{ answered: true }])
    await stage.settled(SETTLE_MS)
    const steps = await ended(stage.lab, VERAS)
    expect([...rung(steps)].sort()).toEqual(asterisk === '16' ? ['102', '103', '104'] : ['102', '103'])
    expect(reachedMailbox(steps)).toBe(false)
    expect(notesOf(VERAS)).toMatchObject([{ direction: 'in', status: 4, author: 7_000_002 }])
  })

  test.each([
    ['does not want to be disturbed', 'DND 101 YES', 'DND 101'],
    ['forwards all calls', 'CF 101 104', 'CF 101'],
  ])('when the responsible %s, then the default route follows at once', async (_what, put, del) => {
    await stage.lab.cli(`database put ${put}`)
    try {
      const from = ANNAS
      const began = Date.now()
      const call = stage.lab.trunk.call({ from, did: '7001', giveUpAfterMs: 2_000 })
      await phone('102').waitForRing(2_000)
      expect(Date.now() - began).toBeLessThan(2_000)
      await call
      await stage.settled(SETTLE_MS)
    } finally {
      await stage.lab.cli(`database del ${del}`)
    }
  })

  test.each(['7001', '7002'])(
    'when a blacklisted caller dials %s, then nobody is asked or rung and nothing is left behind',
    async (did) => {
      const from = `7922000${did}`
      await stage.lab.cli(`database put blacklist ${from} 1`)
      const call = stage.lab.trunk.call({ from, did, giveUpAfterMs: 8_000 })
      await call
      const steps = await ended(stage.lab, from)
      await stage.settled(SETTLE_MS)
      expect({ asked: asked(steps), rung: rung(steps) }).toEqual({ asked: [], rung: [] })
      expect(notesOf(`+${from}`)).toEqual([])
      expect(stage.sandbox.requests().filter(({ method }) => method !== 'GET')).toEqual([])
    },
  )

  test('when a known client calls outside the line’s hours, then nobody is rung before the default route, which shows the name', async () => {
    const call = stage.lab.trunk.call({ from: ANNAS, did: '7008', giveUpAfterMs: 2_500 })
    expect(await phone('102').waitForRing(2_000)).toMatchObject({ displayName: 'Иван Петров' })
    expect(phone('101').isRinging()).toBe(false)
    await call
    await stage.settled(SETTLE_MS)
  })

  test('when DIDs of every kind are called, then each is asked as it is and goes on by its own route', async () => {
    const dids = ['s', '7', '+74951234567', 'sales', 'faxline', '7010']
    const calls = dids.map((did, at) => [did, `7933000000${at}`] as const)
    await Promise.all(calls.map(([did, from]) => stage.lab.trunk.call({ from, did, giveUpAfterMs: 2_000 })))
    for (const [did, from] of calls) {
      const steps = await ended(stage.lab, from)
      expect(asked(steps), did).toEqual([did])
      expect(untilDefaultRoute(steps), did).toBeLessThan(LONGEST_DETOUR_MS)
    }
    const told = new Set((await stage.lab.cdr()).map(({ did }) => did))
    expect(dids.filter((did) => !told.has(did))).toEqual([])
    await stage.settled(SETTLE_MS)
  })

  test('when another product has a line in from-pstn-custom, then it keeps it, and the installation says so', async () => {
    expect(await callweaveDialplan(stage, '--install', '--ask-in', 'all-lines')).toContain('extensions_custom.conf:2')
    const from = '79330000010'
    await stage.lab.trunk.call({ from, did: '7011', giveUpAfterMs: 1_000 })
    const steps = await ended(stage.lab, from)
    expect(asked(steps)).toEqual([])
    expect(untilDefaultRoute(steps)).toBeLessThan(500)
    await stage.settled(SETTLE_MS)
  })

  test('when a queue of Local members is called, then the member who answered has the call, with right seconds', async () => {
    const from = '+79031112299'
    const call = stage.lab.trunk.call({ from, did: '7003', hangUp: 'caller', talkMs: 6_000 })
    await Promise.all([phone('102').waitForRing(RING_MS), phone('103').waitForRing(RING_MS)])
    await sleep(2_000)
    await phone('103').accept()
    await phone('103').waitForTalk(RING_MS)
    const began = Date.now()
    await call
    const talked = (Date.now() - began) / 1000
    await stage.settled(SETTLE_MS)
    expect(notesOf(from)).toMatchObject([{ direction: 'in', status: 4, author: 7_000_003 }])
    expect(Math.abs(seconds(notesOf(from)[0]) - talked)).toBeLessThanOrEqual(1)
  })

  describe('with calls asked behind a Custom Destination', () => {
    beforeAll(() => callweaveDialplan(stage, '--install', '--ask-in', 'destination'))

    test('when its route is called, then the responsible rings first, and the route goes on where the destination says', async () => {
      const call = stage.lab.trunk.call({ from: ANNAS, did: '7002', giveUpAfterMs: 8_000 })
      expect(await phone('101').waitForRing(RING_MS)).toMatchObject({ displayName: 'Иван Петров' })
      await phone('102').waitForRing(RING_MS)
      await call
      await stage.settled(SETTLE_MS)
      const row = (await stage.lab.cdr()).filter(({ did }) => did === '7002')
      expect(row.length).toBeGreaterThan(0)
    })

    test('when a time condition in front of it is closed, then nobody is asked or rung', async () => {
      await stage.lab.cli('database put TC 1 closed')
      const from = '79330000020'
      await stage.lab.trunk.call({ from, did: '7004', giveUpAfterMs: 3_000 })
      await stage.lab.cli('database del TC 1')
      const steps = await ended(stage.lab, from)
      expect({ asked: asked(steps), rung: rung(steps) }).toEqual({ asked: [], rung: [] })
    })

    test('when another line is called, then it does not ask', async () => {
      const from = '79330000021'
      await stage.lab.trunk.call({ from, did: '7001', giveUpAfterMs: 1_000 })
      const steps = await ended(stage.lab, from)
      expect(asked(steps)).toEqual([])
      expect(untilDefaultRoute(steps)).toBeLessThan(500)
    })

    test('when asking is switched off, then the destination stands and lets calls pass', async () => {
      await callweaveDialplan(stage, '--install', '--ask-in', 'nowhere')
      const from = '79330000022'
      await stage.lab.trunk.call({ from, did: '7002', giveUpAfterMs: 1_000 })
      const steps = await ended(stage.lab, from)
      expect(asked(steps)).toEqual([])
      expect(untilDefaultRoute(steps)).toBeLessThan(500)
    })
  })

  describe('with all lines asked and a service in trouble', () => {
    beforeAll(() => callweaveDialplan(stage, '--install', '--ask-in', 'all-lines'))

    const delayOf = async (from: string, meanwhile: () => void | Promise<void> = () => undefined): Promise<number> => {
      const call = stage.lab.trunk.call({ from, did: '7001', giveUpAfterMs: 3_500 })
      await meanwhile()
      await call
      return untilDefaultRoute(await ended(stage.lab, from))
    }

    test('when it is stopped, killed or away, then the caller is on the default route within 2.5 s', async () => {
      service.signal('SIGSTOP')
      const stopped = await delayOf('79330000030')
      const killed = await delayOf('79330000031', async () => {
        await sleep(600)
        service.signal('SIGKILL')
      })
      const away = await delayOf('79330000032')
      for (const delay of [stopped, killed]) {
        expect(delay).toBeGreaterThan(1_000)
        expect(delay).toBeLessThan(LONGEST_DETOUR_MS)
      }
      expect(away).toBeLessThan(500)
    })

    test('when it is installed again, then no byte changes', async () => {
      const once = await filesOf(stage.lab.etcAsterisk)
      expect(await callweaveDialplan(stage, '--install', '--ask-in', 'all-lines')).toContain('nothing to change')
      expect(await filesOf(stage.lab.etcAsterisk)).toEqual(once)
    })

    test('when it is removed while a Custom Destination leads to it, then that is refused; afterwards the files are what they were', async () => {
      expect(await refusal(stage, '--remove')).toMatch(/extensions_additional\.conf:\d+/)
      await generate(stage.lab.etcAsterisk, { pbx, version: asterisk, customDestination: false })
      await callweaveDialplan(stage, '--remove')
      await callweaveDialplan(stage, '--ari', '--remove')
      await generate(stage.lab.etcAsterisk, { pbx, version: asterisk, customDestination: true })
      expect(await filesOf(stage.lab.etcAsterisk)).toEqual(untouched)
    })
  })
})
