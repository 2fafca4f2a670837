import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import { afterEach, beforeEach, describe, test } from 'vitest'
import type { Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { StoreError } from '../store/store-error.ts'
import { fastPolicies } from './_fast-policies.ts'
import { done, doneAfter, handlerOf, job, jobs, startOutbox, until } from './_outbox-stage.ts'
import type { JobHandler, NewJob } from './job.ts'
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

describe('trouble', () => {
  test('a lost wake-up costs one poll', async () => {
    const outbox = start({ handlers: [handlerOf('note', doneAfter())] }, [])
    await pass(5)
    await store.outbox.add([job('a', 'note', 'a')])
    await until(async () => (await outbox.status()).counts.done === 1)
  })

  test('a handler that never ends is given up, and what it did is looked up', async () => {
    const handler: JobHandler = {
      ...handlerOf('note', () => new Promise<never>(() => {})),
      prove: async (all) => all.map(() => ({ kind: 'found', result: 'there' })),
    }
    const outbox = start({ handlers: [handler], policies: { ...fastPolicies, sendMs: 10, endMs: 10 } }, [
      job('a', 'note', 'a'),
    ])
    await until(async () => (await outbox.status()).counts.done === 1)
  })

  test('while the disk is full nothing that is known is forgotten', async () => {
    let full = false
    const view = {
      ...store.outbox,
      change: async (changes: Parameters<Store['outbox']['change']>[0]) => {
        if (full) throw new StoreError('disk-full', 'SQLite says: database or disk is full')
        return store.outbox.change(changes)
      },
    }
    let sent = 0
    const handler = handlerOf('note', async (all) => {
      full = true
      sent++
      setTimeout(() => {
        full = false
      }, 40)
      return { outcomes: all.map(done) }
    })
    const outbox = start({ handlers: [handler], store: view }, [job('a', 'note', 'a')])
    await until(async () => (await outbox.status()).counts.done === 1)
    assert.equal(sent, 1)
  })

  test('a listener that fails stops nothing', async () => {
    const handler = handlerOf('note', doneAfter())
    const onDone = () => {
      throw new Error('a mistake of the listener')
    }
    const outbox = start({ handlers: [handler], onDone }, jobs('note', 3))
    await until(async () => (await outbox.status()).counts.done === 3)
  })

  test('a job of a kind nobody knows waits, and holds up no other client', async () => {
    const handler = handlerOf('note', doneAfter())
    const outbox = start({ handlers: [handler] }, [job('x', 'from the future', 'x'), ...jobs('note', 2)])
    await until(async () => (await outbox.status()).counts.done === 2)
    assert.match((await store.outbox.get('x'))?.reason ?? '', /does not know/)
  })

  test('stopping lets what is under way end and begins nothing new', async () => {
    const begun = Promise.withResolvers<void>()
    const handler = handlerOf('note', async (all) => {
      begun.resolve()
      await pass(30)
      return { outcomes: all.map(done) }
    })
    const stage = startOutbox(store, { handlers: [{ ...handler, maxBatch: 1 }], inFlight: 1 }, jobs('note', 2))
    await begun.promise
    await stage[Symbol.asyncDispose]()
    const { done: finished, waiting, sending } = await store.outbox.counts()
    assert.deepEqual({ finished, waiting, sending }, { finished: 1, waiting: 1, sending: 0 })
  })

  test('stopping does not wait for ever: what is cut off is looked up next time', async () => {
    const begun = Promise.withResolvers<void>()
    const handler = handlerOf('note', (_jobs, signal) => {
      begun.resolve()
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    const stage = startOutbox(store, { handlers: [handler], policies: { ...fastPolicies, graceMs: 20 } }, [
      job('a', 'note', 'a'),
    ])
    await begun.promise
    await stage[Symbol.asyncDispose]()
    assert.equal((await store.outbox.get('a'))?.state, 'unproven')
  })
})
