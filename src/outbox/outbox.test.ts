import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import { afterEach, beforeEach, describe, test } from 'vitest'
import type { Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { done, doneAfter, handlerOf, job, jobs, startOutbox, until } from './_outbox-stage.ts'
import type { JobHandler, NewJob, Outcome } from './job.ts'
import type { OutboxDeps } from './outbox.ts'

let store: Store
let folder: string
let stages: AsyncDisposableStack

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-outbox-'))
  store = await openStore({ file: join(folder, 'state.db'), lingerMs: 0 })
  stages = new AsyncDisposableStack()
  stages.defer(() => rm(folder, { recursive: true, force: true }))
  stages.use(store)
})
afterEach(() => stages.disposeAsync())

const start = (given: Partial<OutboxDeps>, first: readonly NewJob[]) =>
  stages.use(startOutbox(store, given, first)).outbox

describe('batches', () => {
  test('jobs of one kind that are due together travel together, and no more of them than were learned to be bearable', async () => {
    const batches: number[] = []
    const handler = handlerOf('note', async (jobs) => {
      batches.push(jobs.length)
      return jobs.length > 2
        ? { outcomes: jobs.map((): Outcome => ({ kind: 'retry', reason: '504' })), tooHeavy: true }
        : { outcomes: jobs.map(done) }
    })
    const outbox = start({ handlers: [handler], inFlight: 1 }, jobs('note', 12))
    await until(async () => (await outbox.status()).counts.done === 12)
    assert.deepEqual(batches.slice(0, 3), [8, 4, 2])
    const learned = (await outbox.status()).batchSizes['note send'] ?? 0
    assert.ok(learned >= 1 && learned <= 4, `${learned}`)
  })

  test('never more than the handler’s own ceiling', async () => {
    const batches: number[] = []
    const handler = {
      ...handlerOf(
        'note',
        doneAfter(
          () => {},
          (all) => batches.push(all.length),
        ),
      ),
      maxBatch: 3,
    }
    const outbox = start({ handlers: [handler] }, jobs('note', 10))
    await until(async () => (await outbox.status()).counts.done === 10)
    assert.equal(Math.max(...batches), 3)
  })

  test('a refused item dies alone, with its reason, and is told', async () => {
    const dead: string[] = []
    const handler = handlerOf('note', async (all) => ({
      outcomes: all.map(
        (job): Outcome => (job.key === 'note 3' ? { kind: 'refused', reason: 'bad field' } : done(job)),
      ),
    }))
    const onDead: OutboxDeps['onDead'] = (job, reason) => dead.push(`${job.key}: ${reason}`)
    const outbox = start({ handlers: [handler], onDead }, jobs('note', 6))
    await until(async () => (await outbox.status()).counts.done === 5)
    assert.deepEqual(dead, ['note 3: bad field'])
    assert.equal((await store.outbox.dead(9))[0]?.reason, 'bad field')
  })

  test('a job that makes every request fail ends up alone, and the others get through', async () => {
    const handler: JobHandler = {
      ...handlerOf('note', async (all) => ({
        outcomes: all.map(
          (job): Outcome =>
            all.some(({ key }) => key === 'note 2') ? { kind: 'ambiguous', reason: '500' } : done(job),
        ),
      })),
      prove: async (all) => all.map(() => ({ kind: 'absent' })),
    }
    const outbox = start({ handlers: [handler] }, jobs('note', 6))
    await until(async () => (await outbox.status()).counts.done === 5)
  })
})

describe('order', () => {
  test('a job is given the result of the one it builds on, and comes after it', async () => {
    const given: unknown[] = []
    const contact = handlerOf('contact', async (all) => ({
      outcomes: all.map(() => ({ kind: 'done', result: { id: 7 } })),
    }))
    const note = handlerOf(
      'note',
      doneAfter((job) => given.push(job.given)),
    )
    const outbox = start({ handlers: [note, contact] }, [
      job('c', 'contact', 'k'),
      { ...job('n', 'note', 'k'), after: 'c' },
    ])
    await until(async () => (await outbox.status()).counts.done === 2)
    assert.deepEqual(given, [{ id: 7 }])
  })

  test('live before backfill', async () => {
    const order: string[] = []
    const handler = handlerOf(
      'note',
      doneAfter((one) => order.push(one.urgency)),
    )
    const backfill = jobs('note', 3).map((one) => ({ ...one, urgency: 'backfill' as const }))
    const outbox = start({ handlers: [{ ...handler, maxBatch: 1 }], inFlight: 1 }, [
      ...backfill,
      job('new', 'note', 'new'),
    ])
    await until(async () => (await outbox.status()).counts.done === 4)
    assert.deepEqual(order, ['live', 'backfill', 'backfill', 'backfill'])
  })

  test('old calls never take the last way: a call of the moment finds it free', async () => {
    const release = Promise.withResolvers<void>()
    const order: string[] = []
    const handler = handlerOf('note', async (all) => {
      order.push(...all.map(({ key }) => key))
      if (all[0]?.urgency === 'backfill') await release.promise
      return { outcomes: all.map(done) }
    })
    const old = jobs('note', 4).map((one) => ({ ...one, urgency: 'backfill' as const }))
    const outbox = start({ handlers: [{ ...handler, maxBatch: 1 }], inFlight: 2 }, old)
    await until(async () => order.length === 1)
    await outbox.add([job('now', 'note', 'now')])
    await until(async () => order.includes('now'))
    assert.equal(order.length, 2)
    release.resolve()
  })

  test('lost ground: the contact is found anew, then the note is written', async () => {
    let contacts = 0
    const contact = handlerOf('contact', async (all) => ({
      outcomes: all.map(() => ({ kind: 'done', result: ++contacts })),
    }))
    const note = handlerOf('note', async (all) => ({
      outcomes: all.map(
        (one): Outcome =>
          one.given === 1 ? { kind: 'lost-ground', reason: 'merged' } : { kind: 'done', result: one.given },
      ),
    }))
    const outbox = start({ handlers: [note, contact] }, [
      job('c', 'contact', 'k'),
      { ...job('n', 'note', 'k'), after: 'c' },
    ])
    await until(async () => (await outbox.status()).counts.done === 2)
    assert.equal((await store.outbox.get('n'))?.result, 2)
  })

  test('when a contact is refused its note dies with it, both are told, and the next call of the client goes on', async () => {
    const dead: string[] = []
    const contact = handlerOf('contact', async (all) => ({
      outcomes: all.map((one): Outcome => (one.key === 'c1' ? { kind: 'refused', reason: 'no' } : done(one))),
    }))
    const note = handlerOf('note', doneAfter())
    const calls = [1, 2].flatMap((call) => [
      job(`c${call}`, 'contact', 'k'),
      { ...job(`n${call}`, 'note', 'k'), after: `c${call}` },
    ])
    const outbox = start({ handlers: [contact, note], onDead: ({ key }) => dead.push(key) }, calls)
    await until(async () => (await outbox.status()).counts.done === 2)
    assert.deepEqual(dead, ['c1', 'n1'])
    assert.match((await store.outbox.get('n1'))?.reason ?? '', /builds on is dead: c1/)
  })
})

describe('an account pause', () => {
  test('stops everybody until it ends, and does not count as an attempt', async () => {
    const sent: number[] = []
    const handler = handlerOf('note', async (all) => {
      sent.push(Date.now())
      if (sent.length > 1) return { outcomes: all.map(done) }
      const outcomes = all.map((): Outcome => ({ kind: 'retry', reason: '429' }))
      return { outcomes, pause: { untilMs: Date.now() + 80, reason: 'throttled' } }
    })
    const pauses: string[] = []
    const other = handlerOf(
      'task',
      doneAfter(() => sent.push(Date.now())),
    )
    const outbox = start({ handlers: [handler, other], onPause: ({ reason }) => pauses.push(reason) }, [
      job('a', 'note', 'a'),
    ])
    await until(async () => (await outbox.status()).paused?.reason === 'throttled')
    await outbox.add([job('b', 'task', 'b')])
    await until(async () => (await outbox.status()).counts.done === 2)
    assert.ok((sent[1] ?? 0) - (sent[0] ?? 0) >= 80)
    assert.equal((await store.outbox.get('a'))?.attempts, 1)
    assert.deepEqual(pauses, ['throttled'])
  })

  test('is remembered over a restart when it is long, and ends early when an administrator says so', async () => {
    const blocked = handlerOf('note', async (all) => ({
      outcomes: all.map((): Outcome => ({ kind: 'retry', reason: '403' })),
      pause: { untilMs: Date.now() + 60_000, reason: 'blocked' },
    }))
    const before = startOutbox(store, { handlers: [blocked] }, [job('a', 'note', 'a')])
    await until(async () => (await store.settings.get('outbox.pause')) !== undefined)
    await before[Symbol.asyncDispose]()

    const outbox = start({ handlers: [handlerOf('note', doneAfter())] }, [])
    await until(async () => (await outbox.status()).paused?.reason === 'blocked')
    await pass(30)
    assert.equal((await outbox.status()).counts.done, 0)
    await outbox.resume()
    await until(async () => (await outbox.status()).counts.done === 1)
  })
})
