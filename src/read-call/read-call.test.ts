import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Asked, PassOptions } from '../reconciliation/asked.ts'
import { DatabaseUnreachable } from '../reconciliation/database-error.ts'
import type { Finding } from '../reconciliation/finding.ts'
import type { Standing } from '../reconciliation/registration-port.ts'
import type { Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { answerOf, workAnswer } from './answer.ts'
import { createReadCall, type ReadCall } from './read-call.ts'
import type { ReadCallRequest } from './request.ts'
import { told } from './told-report.ts'

const DAY = 86_400_000
const how = { dry: false, effects: 'quiet', compare: false } as const
const byIds = (...ids: readonly string[]): ReadCallRequest => ({ asked: { kind: 'ids', ids }, ...how })
const period = (hours: number): ReadCallRequest => ({
  asked: { kind: 'period', from: 0, to: hours * DAY - 1 },
  ...how,
})
const written: Standing = { kind: 'written', notes: [], writtenAt: 0, retellings: 0 }

const found = (id: string, at = 0, finding: Finding['finding'] = 'registered', why = 'missing'): Finding => ({
  ...{
    id,
    linkedids: [id],
    startedAt: at,
    endedAt: at + DAY + 1,
    direction: 'in',
    line: '',
    client: '',
    answered: true,
  },
  ...{ finding, why },
})

/** What the records say of one part of what is asked. */
type Pass = (asked: Asked, options: PassOptions, signal: AbortSignal) => AsyncGenerator<Finding>

const each: Pass = async function* (asked) {
  if (asked.kind === 'ids') for (const id of asked.ids) yield found(id)
  else yield found(`${asked.from}.1`, asked.from)
}

describe('given somebody who has calls read again', () => {
  const directory = mkdtempSync(join(tmpdir(), 'callweave-read-call-'))
  let store: Store
  let readCall: ReadCall
  let made = 0
  const standings = new Map<string, Standing>()
  const sentAgain: string[] = []

  beforeAll(async () => {
    store = await openStore({ file: join(directory, 'callweave.db') })
  })
  afterEach(async () => {
    await readCall[Symbol.asyncDispose]()
    standings.clear()
  })
  afterAll(async () => {
    await store[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true, force: true })
  })

  async function begin(reconcile: Pass | undefined, answerMs = 2_000): Promise<ReadCall> {
    readCall = await createReadCall({
      reconciliation: reconcile && { reconcile },
      jobs: store.readCallJobs,
      standing: async (id) => standings.get(id) ?? written,
      sendAgain: async (id) => {
        sentAgain.push(id)
        return 1
      },
      log: pino({ level: 'silent' }),
      now: Date.now,
      newId: () => `job-${++made}`,
      timing: { retryMs: 20, lookMs: 5, patienceMs: 200, answerMs },
    })
    return readCall
  }

  test('when it is quick, then they are answered, and nothing is kept', async () => {
    const { ask } = await begin(each)
    const work = await ask(byIds('1.1', '2.2'), false)
    expect(work.isKept()).toBe(false)
    expect(answerOf(work)).toMatchObject({ found: 2, registered: 2, calls: [{ id: '1.1' }, { id: '2.2' }] })
    expect(await store.readCallJobs.get(work.job().id)).toBeUndefined()
  })

  test('when the CRM refuses, adopts or has not taken a call yet, then the answer says so', async () => {
    const { ask } = await begin(each)
    standings.set('1.1', { kind: 'refused', reason: 'No such field' })
    standings.set('2.2', { kind: 'waiting' })
    const note = { id: 1, uniq: '', direction: 'in', talkSeconds: 1, status: '4', person: '' } as const
    standings.set('3.3', { ...written, notes: [{ ...note, entity: { kind: 'contact', id: 1 }, adopted: true }] })
    const { calls } = answerOf(await ask(byIds('1.1', '2.2', '3.3'), false))
    expect(calls.map(({ finding, why }) => `${finding}: ${why}`)).toEqual([
      'failed: The CRM refused it. No such field',
      'registered: It was missing and is registered now. It waits to be sent to the CRM.',
      'adopted: Another program or a person had written it: their note is this call’s.',
    ])
  })

  test('when the CRM had refused a call before, then it is sent again, but not by a dry look', async () => {
    const { ask } = await begin(async function* () {
      yield { ...found('1.1', 0, 'failed', 'refused'), detail: 'No such field' }
    })
    expect(answerOf(await ask({ ...byIds('1.1'), dry: true }, false)).calls).toMatchObject([{ finding: 'failed' }])
    expect(sentAgain).toEqual([])
    expect(answerOf(await ask(byIds('1.1'), false)).calls).toMatchObject([{ finding: 'repaired', cause: 'sent-again' }])
    expect(sentAgain).toEqual(['1.1'])
  })

  test('when it takes longer than an answer may, then it becomes a job on the way, and who asks the same joins it', async () => {
    const gate = Promise.withResolvers<void>()
    const { ask, find } = await begin(async function* (asked, ...rest) {
      await gate.promise
      yield* each(asked, ...rest)
    }, 50)
    const work = await ask(byIds('1.1'), false)
    expect([work.isKept(), workAnswer(work).state]).toEqual([true, 'running'])
    expect(await ask(byIds('1.1'), false)).toBe(work)
    expect(find(work.job().id)).toBe(work)
    gate.resolve()
    await work.over
    expect((await store.readCallJobs.get(work.job().id))?.job).toMatchObject({
      state: 'done',
      counts: { registered: 1 },
    })
    const rows = await store.readCallJobs.findings(work.job().id, 0, 10)
    expect(rows).toMatchObject([{ callId: '1.1', kind: 'registered', waits: false }])
  })

  test('when a long job runs, then another job waits for it, and a question for one call does not', async () => {
    const gate = Promise.withResolvers<void>()
    const { ask } = await begin(async function* (asked, ...rest) {
      if (asked.kind !== 'ids' && asked.from > 0) await gate.promise
      yield* each(asked, ...rest)
    })
    const long = await ask(period(30), false)
    const next = await ask(period(40), false)
    expect(answerOf(await ask(byIds('1.1'), false))).toMatchObject({ found: 1 })
    expect([workAnswer(long).state, workAnswer(next).state]).toEqual(['running', 'waiting'])
    gate.resolve()
    await Promise.all([long.over, next.over])
    expect([workAnswer(long).found, workAnswer(next).found]).toEqual([30, 40])
  })

  test('when the database is away, then an answer says so, and a job waits and goes on', async () => {
    let away = true
    const { ask } = await begin(async function* (asked, ...rest) {
      if (away) throw new DatabaseUnreachable('nothing listens at db:3306', 'start it')
      yield* each(asked, ...rest)
    })
    await expect(ask(byIds('1.1'), false)).rejects.toMatchObject({
      status: 503,
      message: 'Nothing listens at db:3306: start it.',
    })
    const job = await ask(byIds('1.1'), true)
    while (workAnswer(job).trouble === undefined) await sleep(5)
    away = false
    await job.over
    expect(workAnswer(job)).toMatchObject({ state: 'done', found: 1 })
    expect(workAnswer(job)).not.toHaveProperty('trouble')
  })

  test('when there are no records, then the cure is told', async () => {
    const { ask } = await begin(undefined)
    await expect(ask(byIds('1.1'), false)).rejects.toMatchObject({ status: 503, message: /section "database"/ })
  })

  test('when a job is cancelled, then what it found stays', async () => {
    const { ask } = await begin(async function* (asked, options, signal) {
      yield* each(asked, options, signal)
      await sleep(10_000, undefined, { signal })
    })
    const job = await ask(period(30), true)
    while (workAnswer(job).found === 0) await sleep(5)
    job.cancel()
    await job.over
    expect((await store.readCallJobs.get(job.job().id))?.job).toMatchObject({
      state: 'cancelled',
      counts: { registered: 1 },
    })
    expect(await store.readCallJobs.findings(job.job().id, 0, 10)).toHaveLength(1)
  })

  test('when the service ends in the middle of a job, then the next one goes on, and counts each call once', async () => {
    const passes: number[] = []
    const slow = (waitsAt: number): Pass =>
      async function* (asked, options, signal) {
        const from = asked.kind === 'ids' ? 0 : asked.from
        passes.push(from / DAY)
        yield* each(asked, options, signal)
        // Its conversation reaches into the next day: it is met there again.
        if (from > 0) yield found(`${from - DAY}.1`, from - DAY)
        if (from === waitsAt * DAY) await sleep(10_000, undefined, { signal })
        yield found(`${from + 1}.1`, from, 'not-due', 'waiting')
      }
    const { ask } = await begin(slow(3))
    const job = await ask(period(6), true)
    while (workAnswer(job).found < 7) await sleep(5)
    await readCall[Symbol.asyncDispose]()
    expect((await store.readCallJobs.get(job.job().id))?.ended).toBe(false)
    const again = await begin(slow(-2))
    const resumed = again.find(job.job().id)
    await resumed?.over
    expect(passes).toEqual([0, 1, 2, 3, 3, 4, 5])
    // What waited in the part that was begun before had been registered by that part.
    expect(resumed && workAnswer(resumed)).toMatchObject({ state: 'done', found: 12, registered: 7, notDue: 5 })
    expect(await store.readCallJobs.findings(job.job().id, 0, 100)).toHaveLength(12)
  })
})

test('given a call left out, when it is told, then every cause has a sentence', () => {
  const report = { ...found('1.1'), endedAt: 0, cause: 'internal', finding: 'left-out', waits: false } as const
  expect(told(report, false)).toMatchObject({ why: 'It is a call between extensions.', cause: 'internal' })
  expect(told({ ...report, cause: 'new-cause' }, false).why).toBe('It is not to be registered (new-cause).')
})
