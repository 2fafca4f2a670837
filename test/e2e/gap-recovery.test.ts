import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../src/store/sqlite/open-store.ts'
import type { Extension } from '../lab/ports.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import { eventually, type Stage, setStage } from '../stage/stage.ts'
import { startTcpProxy, type TcpProxy } from '../stage/tcp-proxy.ts'

const RING_MS = 10_000
/** Patience, quiet, and the way into the CRM. */
const TOLD_MS = 60_000

/** What the test made happen in one call. */
interface Experienced {
  readonly phone: string
  readonly direction: 'in' | 'out'
  /** amoCRM's status: 4 talked, 6 not reached. */
  readonly status: number
  readonly person?: Extension
  readonly seconds?: number
  readonly evidence: readonly string[]
}

describe.each([
  ['22', 'fractions'],
  ['16', 'freepbx'],
] as const)('given Asterisk %s with CEL in %s', (asterisk, cel) => {
  const parts = new AsyncDisposableStack()
  const all: Experienced[] = []
  let stage: Stage
  let ari: TcpProxy
  let database: TcpProxy
  let service: ServiceProcess
  let numbers = 0

  beforeAll(async () => {
    ari = parts.use(await startTcpProxy())
    database = parts.use(await startTcpProxy())
    stage = parts.use(
      await setStage({
        asterisk,
        cel,
        timeZone: 'MSK-3',
        impatient: true,
        config: {
          asterisk: { ari: { url: `http://127.0.0.1:${ari.port}`, user: 'callweave', password: 'lab-secret' } },
          database: { port: database.port },
        },
      }),
    )
    ari.target(stage.lab.ports.ari)
    database.target(stage.lab.ports.database)
    service = await stage.start()
  })
  afterAll(() => parts.disposeAsync())

  const nextNumber = () => `+7903${asterisk}0${String(++numbers).padStart(4, '0')}`
  const phone = (extension: Extension) => stage.lab.phone(extension)

  /** A client who calls, and stays until the PBX hangs up. */
  function client(did: string) {
    const from = nextNumber()
    const over = stage.lab.trunk.call({ from, did }).catch(() => [])
    return { from, over }
  }

  async function answer(extension: Extension): Promise<number> {
    await phone(extension).waitForRing(RING_MS)
    await phone(extension).accept()
    await phone(extension).waitForTalk(RING_MS)
    return Date.now()
  }

  async function hangUp(extension: Extension): Promise<number> {
    await phone(extension).hangup()
    return Date.now()
  }

  async function outgoing(extension: Extension) {
    const to = nextNumber()
    await phone(extension).dial(to)
    await phone(extension).waitForTalk(RING_MS)
    return { to, since: Date.now() }
  }

  const talked = (
    number: string,
    direction: 'in' | 'out',
    person: Extension,
    since: number,
    until: number,
    ...evidence: readonly string[]
  ): Experienced => ({ phone: number, direction, status: 4, person, seconds: (until - since) / 1000, evidence })

  const missed = (number: string, ...evidence: readonly string[]): Experienced => ({
    ...{ phone: number, direction: 'in', status: 6, seconds: 0, evidence },
  })

  const notesOf = (number: string) => stage.sandbox.callNotes().filter((note) => note.phone === number)

  async function becomesTold(...calls: readonly Experienced[]): Promise<void> {
    all.push(...calls)
    await eventually(
      () => calls.every((call) => notesOf(call.phone).length > 0),
      TOLD_MS,
      `${calls.filter((call) => notesOf(call.phone).length === 0).map((call) => call.phone)} not told`,
    )
    for (const call of calls) expectTold(call)
  }

  function expectTold({ phone: number, direction, status, person, seconds }: Experienced): void {
    const notes = notesOf(number)
    expect(notes, number).toMatchObject([
      { direction, status, ...(person && { responsible: 7_000_000 + Number(person) - 100 }) },
    ])
    if (seconds !== undefined)
      expect(Math.abs(Number(notes[0]?.seconds) - seconds), `seconds of ${number}`).toBeLessThanOrEqual(1.2)
  }

  async function cutFor(act: () => Promise<void>): Promise<void> {
    const before = service.log.length
    ari.cut()
    await act()
    ari.mend()
    await eventually(
      () => service.log.slice(before).some(({ msg }) => msg === 'Asterisk is connected'),
      30_000,
      'the link did not come back',
    )
    await sleep(500)
  }

  test('when the link breaks for a while, then calls that lived through it, were moved or ended in it are told right', async () => {
    await stage.lab.trunk.answerWith('answer')
    const through = client('7001')
    const throughSince = await answer('101')
    const moved = client('7002')
    const movedSince = await answer('104')
    const ended = await outgoing('103')
    await sleep(1_500)
    let endedAt = 0
    await cutFor(async () => {
      await phone('104').transfer('102')
      await answer('102')
      endedAt = await hangUp('103')
      await sleep(1_000)
    })
    const throughAt = await hangUp('101')
    const movedAt = await hangUp('102')
    await Promise.all([through.over, moved.over])
    await becomesTold(
      talked(through.from, 'in', '101', throughSince, throughAt, 'cel'),
      talked(moved.from, 'in', '102', movedSince, movedAt, 'cel'),
      talked(ended.to, 'out', '103', ended.since, endedAt, 'cel'),
    )
  })

  test('when calls are answered, or begin and end, while the link is broken, then they are told right', async () => {
    const rings = client('7002')
    await phone('103').waitForRing(RING_MS)
    const inside = { from: nextNumber(), since: 0, until: 0 }
    const abandoned = nextNumber()
    let answeredAt = 0
    await cutFor(async () => {
      answeredAt = await answer('103')
      const over = stage.lab.trunk.call({ from: inside.from, did: '7001' })
      inside.since = await answer('101')
      await sleep(1_500)
      inside.until = await hangUp('101')
      await over
      await stage.lab.trunk.call({ from: abandoned, did: '7006', giveUpAfterMs: 1_200 })
      await sleep(500)
    })
    const ringsAt = await hangUp('103')
    await rings.over
    await becomesTold(
      talked(rings.from, 'in', '103', answeredAt, ringsAt, 'cel'),
      talked(inside.from, 'in', '101', inside.since, inside.until, 'cel'),
      missed(abandoned, 'cel'),
    )
  })

  test('when the service is killed and started anew, then calls that went on, ended or happened meanwhile are told right', async () => {
    const through = client('7001')
    const throughSince = await answer('101')
    const ended = await outgoing('103')
    const whole = client('7002')
    const wholeSince = await answer('102')
    await sleep(1_000)
    const wholeAt = await hangUp('102')
    await whole.over
    await becomesTold(talked(whole.from, 'in', '102', wholeSince, wholeAt, 'live'))

    service.signal('SIGKILL')
    const endedAt = await hangUp('103')
    const inside = client('7002')
    const insideSince = await answer('102')
    await sleep(1_500)
    const insideAt = await hangUp('102')
    await inside.over
    const abandoned = nextNumber()
    await stage.lab.trunk.call({ from: abandoned, did: '7002', giveUpAfterMs: 1_200 })
    service = await stage.start()
    await sleep(1_000)
    const throughAt = await hangUp('101')
    await through.over
    await becomesTold(
      talked(through.from, 'in', '101', throughSince, throughAt, 'cel'),
      talked(ended.to, 'out', '103', ended.since, endedAt, 'cel'),
      talked(inside.from, 'in', '102', insideSince, insideAt, 'cel'),
      missed(abandoned, 'cel'),
    )
  })

  test('when the service is killed while a call waits for CEL, then it is told after the next start', async () => {
    const waiting = client('7001')
    const since = await answer('101')
    await cutFor(() => sleep(500))
    const until = await hangUp('101')
    await waiting.over
    await eventually(
      async () => Number(await service.status('reconciliation.waiting')) >= 1,
      10_000,
      'the call does not wait',
    )
    service.signal('SIGKILL')
    service = await stage.start()
    await becomesTold(talked(waiting.from, 'in', '101', since, until, 'cel'))
  })

  test('when Asterisk dies, then its calls end at its last moment', async () => {
    const talking = client('7001')
    const since = await answer('101')
    const ringing = client('7002')
    await phone('102').waitForRing(RING_MS)
    await sleep(2_000)
    const diedAt = Date.now()
    await stage.lab.crashAsterisk(3_000)
    await freePhones()
    await becomesTold(
      talked(talking.from, 'in', '101', since, diedAt, 'reconstructed'),
      missed(ringing.from, 'reconstructed'),
    )
  })

  test('when Asterisk and the service die together, then their calls are told once', async () => {
    const talking = client('7001')
    await answer('101')
    await sleep(2_000)
    service.signal('SIGKILL')
    await stage.lab.crashAsterisk(500)
    await freePhones()
    service = await stage.start()
    // How long they talked nobody knows.
    await becomesTold({ phone: talking.from, direction: 'in', status: 4, person: '101', evidence: ['reconstructed'] })
  })

  test('when the database is away, then live tells what it knows; what happened meanwhile is told when it is back', async () => {
    database.cut()
    const through = client('7001')
    const since = await answer('101')
    const inside = { from: nextNumber(), since: 0, until: 0 }
    await cutFor(async () => {
      const over = stage.lab.trunk.call({ from: inside.from, did: '7002' })
      inside.since = await answer('103')
      await sleep(1_000)
      inside.until = await hangUp('103')
      await over
    })
    const until = await hangUp('101')
    await through.over
    await becomesTold(talked(through.from, 'in', '101', since, until, 'reconstructed'))
    expect(await service.status('reconciliation')).toMatchObject({ trouble: expect.stringMatching(/127\.0\.0\.1/) })
    expect(notesOf(inside.from)).toEqual([])
    database.mend()
    await becomesTold(talked(inside.from, 'in', '103', inside.since, inside.until, 'cel'))
  })

  test('then every call stands once in CRM and journal, with its evidence, and nothing is missing any more', async () => {
    const isComplete = async () => !JSON.stringify(await service.status('reconciliation')).includes('missingSince')
    await eventually(isComplete, TOLD_MS, 'something is still missing')
    await stage.settled(TOLD_MS)
    const directory = await stateDirectory()
    await service.stop()
    for (const call of all) expectTold(call)
    await using store = await openStore({ file: join(directory, 'callweave.db') })
    const rows = await store.journal.startedBetween('stage', 0, Date.now())
    const told = rows.map(({ call }) => call as { client: string; evidence: string })
    for (const { phone: number, evidence } of all) {
      const own = told.filter((call) => call.client === number)
      expect(own, number).toHaveLength(1)
      expect(evidence, number).toContain(own[0]?.evidence)
    }
    expect(stage.sandbox.callNotes()).toHaveLength(all.length)
    expect(await store.pendingCalls.all('stage')).toEqual([])
  })

  async function stateDirectory(): Promise<string> {
    const config: { service: { directory: string } } = JSON.parse(await readFile(stage.configFile, 'utf8'))
    return config.service.directory
  }

  /** Phones of a PBX that died believe in their calls, and are not known to the new one. */
  async function freePhones(): Promise<void> {
    for (const extension of ['101', '102', '103', '104'] as const) {
      await phone(extension)
        .hangup()
        .catch(() => undefined)
      await phone(extension).register()
    }
  }
})
