import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openStore } from './open-store.ts'

const directory = mkdtempSync(join(tmpdir(), 'callweave-pending-'))
const file = join(directory, 'state.db')
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const pending = (id: string, endedAt: number) => ({ pbx: 'main', id, endedAt, call: { id }, events: [{ at: endedAt }] })

test('given calls that wait, when the process ends, then they are there at the next start, each once, until they are told', async () => {
  {
    await using store = await openStore({ file })
    await store.pendingCalls.add(pending('1.2', 2_000))
    await store.pendingCalls.add(pending('1.1', 1_000))
    await store.pendingCalls.add(pending('1.1', 1_000))
    await store.pendingCalls.add(pending('1.1', 3_000))
    await store.pendingCalls.add({ ...pending('1.1', 1_000), pbx: 'other' })
  }
  await using store = await openStore({ file })
  expect(await store.pendingCalls.all('main')).toEqual([
    pending('1.1', 1_000),
    pending('1.2', 2_000),
    pending('1.1', 3_000),
  ])
  await store.pendingCalls.remove(pending('1.1', 1_000))
  expect((await store.pendingCalls.all('main')).map(({ id }) => id)).toEqual(['1.2', '1.1'])
  expect(await store.pendingCalls.all('other')).toHaveLength(1)
})

test('given journal rows, when asked who shares a linkedid, then every call of it comes once, oldest first', async () => {
  await using store = await openStore({ file })
  const entry = (id: string, startedAt: number, ...linkedids: string[]) => ({
    ...{
      pbx: 'main',
      id,
      linkedids,
      startedAt,
      endedAt: startedAt + 1,
      direction: 'in',
      clientKey: '',
      call: {},
      events: [],
    },
  })
  await store.journal.recordEnded(entry('2.1#2', 20, '2.1'), [])
  await store.journal.recordEnded(entry('2.1', 10, '2.1', '2.2'), [])
  await store.journal.recordEnded(entry('2.3', 30, '2.3'), [])
  const shared = await store.journal.sharing('main', ['2.2', '2.1', '9.9'])
  expect(shared.map(({ id }) => id)).toEqual(['2.1', '2.1#2'])
})
