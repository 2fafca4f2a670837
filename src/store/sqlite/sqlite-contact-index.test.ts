import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { ContactIndex, IndexedClient, Store } from '../ports.ts'
import { openStore } from './open-store.ts'

let folder: string
let store: Store
let index: ContactIndex
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-index-'))
  store = await openStore({ file: join(folder, 'state.db'), lingerMs: 0 })
  index = store.contactIndex
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const client = (id: number): IndexedClient => ({
  kind: 'contact',
  id,
  name: '',
  owner: 0,
  keys: [`k${id}`],
  updatedAt: 1,
})

describe('a full pass', () => {
  const unseen = async () => (await index.unseen(10)).map(({ id }) => id)

  test('given one that began, whoever was not told again since is unseen', async () => {
    await index.upsert([client(1), client(2), client(3)])
    assert.deepEqual(await unseen(), [])
    await index.beginPass()
    await index.upsert([client(2), client(4)])
    assert.deepEqual(await unseen(), [1, 3])
    assert.equal((await index.unseen(1)).length, 1)
    await index.remove('contact', 1)
    await index.upsert([client(3)])
    assert.deepEqual(await unseen(), [])
  })
})

describe('a number that waits in an incoming lead', () => {
  test('is remembered with its lead; the latest stays; it is forgotten by the lead', async () => {
    assert.equal(await index.incoming('9221532327'), undefined)
    const first = { key: '9221532327', uid: 'aa', lead: 901, contact: 501 }
    const other = { key: '9221532328', uid: 'bb', lead: 902, contact: 502 }
    await index.rememberIncoming([first, other])
    assert.deepEqual(await index.incoming('9221532327'), first)
    assert.deepEqual(await index.incoming('9221532328'), other)
    await index.rememberIncoming([{ ...first, uid: 'cc' }])
    await index.forgetIncoming('aa')
    assert.equal((await index.incoming('9221532327'))?.uid, 'cc')
    await index.forgetIncoming('cc')
    assert.equal(await index.incoming('9221532327'), undefined)
  })
})
