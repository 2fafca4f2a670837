import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { StoredJobInput } from '../ports.ts'
import { openStore } from './open-store.ts'

const NOW = 1_800_000_000_000
const HOUR_MS = 3_600_000

async function journal() {
  const directory = await mkdtemp(join(tmpdir(), 'callweave-registered-'))
  const store = await openStore({ file: join(directory, 'callweave.db'), now: () => NOW })
  const call = (id: string, endedAt: number, jobs: readonly string[], talkMs = 60_000) =>
    store.journal.recordEnded(
      {
        ...{ pbx: 'main', id, linkedids: [id], startedAt: endedAt - talkMs, endedAt },
        ...{ direction: 'in', clientKey: '9221532327', call: {}, events: [] },
      },
      jobs.map((name): StoredJobInput => {
        return { key: `main/${id}:${name}`, kind: name, lane: id, urgency: 'live', payload: {} }
      }),
    )
  const done = (...keys: readonly string[]) =>
    store.outbox.change(keys.map((key) => ({ key: `main/${key}`, state: 'done', result: {} })))
  const share = () => store.registered.share('main', NOW - HOUR_MS, NOW)
  return {
    ...{ call, done, share },
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    },
  }
}

test('given calls, when their client and every note are written, then they are done; tasks may wait, calls without jobs do not count', async () => {
  await using it = await journal()
  const at = NOW - 600_000
  await it.call('1.1', at, ['client', 'note', 'task'])
  await it.call('1.2', at, ['client', 'note/101', 'note/102'])
  await it.call('1.3', at, ['client', 'note'])
  await it.call('1.4', at, [])
  expect(await it.share()).toEqual({ calls: 3, done: 0 })
  await it.done('1.1:client', '1.1:note', '1.2:client', '1.2:note/101', '1.3:client')
  expect(await it.share()).toEqual({ calls: 3, done: 1 })
  await it.done('1.2:note/102')
  expect(await it.share()).toEqual({ calls: 3, done: 2 })
})

test('given calls, when they ended outside the time, then they do not count; a long one counts by its end', async () => {
  await using it = await journal()
  await it.call('2.1', NOW - 2 * HOUR_MS, ['client', 'note'])
  await it.call('2.2', NOW + 1, ['client', 'note'])
  await it.call('2.3', NOW - 60_000, ['client', 'note'], 3 * HOUR_MS)
  expect(await it.share()).toEqual({ calls: 1, done: 0 })
})
