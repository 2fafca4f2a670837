import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, test } from 'vitest'
import type { StoredJobInput } from '../ports.ts'
import { openStore } from './open-store.ts'
import { restoreDatabase } from './restore-database.ts'

let folder: string
let file: string
let copy: string
const NOW = Date.UTC(2026, 10, 20, 12, 30)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-restore-'))
  file = join(folder, 'callweave.db')
  copy = join(folder, 'copy.db')
  await using store = await openStore({ file })
  await store.settings.set('who', 'then')
  await store.outbox.add([job('open'), job('done')])
  await store.outbox.change([{ key: 'done', state: 'done' }])
  await store.upkeep.backup(copy)
  await store.settings.set('who', 'now')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('given a stopped service, when a copy is restored, then it is the state, what waits in it is late, and what was there is kept', async () => {
  const kept = restoreDatabase(copy, file, NOW)
  assert.equal(kept, `${file}.before-restore-20261120T123000`)
  await using store = await openStore({ file })
  assert.equal(await store.settings.get('who'), 'then')
  assert.deepEqual((await store.outbox.get('open'))?.payload, { call: { quietAt: 0, uniq: 'open' } })
  assert.deepEqual((await store.outbox.get('done'))?.payload, { call: { quietAt: NOW, uniq: 'done' } })
  await using before = await openStore({ file: kept })
  assert.equal(await before.settings.get('who'), 'now')
})

test('given a service that died without folding its log, when a copy is restored, then the old log does not follow it', async () => {
  // What a killed process leaves: the database, and a log of another one.
  await writeFile(`${file}-wal`, 'log of the old file')
  restoreDatabase(copy, file, NOW)
  assert.ok((await readdir(folder)).includes('callweave.db.before-restore-20261120T123000-wal'))
  await using store = await openStore({ file })
  assert.equal(await store.settings.get('who'), 'then')
})

test('given no state at all, when a copy is restored, then nothing needs to be kept', async () => {
  await rm(file)
  assert.equal(restoreDatabase(copy, file, NOW), undefined)
  await using store = await openStore({ file })
  assert.equal(await store.settings.get('who'), 'then')
})

test('given a service that runs, when a copy is restored, then that is refused', async () => {
  await using _store = await openStore({ file })
  assert.throws(() => restoreDatabase(copy, file, NOW), { code: 'in-use' })
})

for (const [what, make, code] of [
  ['is not there', () => rm(copy), 'not-openable'],
  ['is no database', () => writeFile(copy, 'text '.repeat(2_000)), 'corrupt'],
  ['is empty', () => writeFile(copy, ''), 'foreign'],
  ['is of a later version', () => pragma('user_version = 9999'), 'newer'],
  ['is of another program', () => pragma('application_id = 7'), 'foreign'],
] as const) {
  test(`given a copy that ${what}, when it is restored, then it is refused and the state is as it was`, async () => {
    await make()
    assert.throws(() => restoreDatabase(copy, file, NOW), { name: 'StoreError', code })
    await using store = await openStore({ file })
    assert.equal(await store.settings.get('who'), 'now')
    assert.deepEqual(
      (await readdir(folder)).filter((name) => /restore/.test(name)),
      [],
    )
  })
}

async function pragma(statement: string): Promise<void> {
  using db = new DatabaseSync(copy)
  db.exec(`PRAGMA ${statement}`)
}

function job(key: string): StoredJobInput {
  return { key, kind: 'note', lane: key, urgency: 'live', payload: { call: { quietAt: NOW, uniq: key } } }
}
