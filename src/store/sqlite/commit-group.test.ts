import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, test } from 'vitest'
import { prepareWrites } from './apply-write.ts'
import { commitGroup } from './commit-group.ts'
import { migrate } from './migrate.ts'
import { schema } from './schema.ts'
import type { Write } from './write.ts'

let db: DatabaseSync
let apply: ReturnType<typeof prepareWrites>

beforeEach(() => {
  db = new DatabaseSync(':memory:')
  migrate(db, schema)
  apply = prepareWrites(db)
})
afterEach(() => db.close())

const set = (name: string, value = 'x'): Write => ({ kind: 'set-setting', name, value })
const wrong: Write = { kind: 'change-jobs', changes: [changeOfNothing()] }
const names = () =>
  db
    .prepare('SELECT name FROM settings ORDER BY name')
    .all()
    .map(({ name }) => name)
const codes = (writes: readonly Write[]) =>
  commitGroup(db, apply, writes).map((result) => ('failure' in result ? result.failure.code : 'written'))

test('a write that is wrong by itself fails alone', () => {
  assert.deepEqual(codes([set('a'), wrong, set('b')]), ['written', 'bad-input', 'written'])
  assert.deepEqual(names(), ['a', 'b'])
})

test('a disk that is full fails the whole group, and the next one goes through once there is room', () => {
  const pages = Number(db.prepare('PRAGMA page_count').get()?.['page_count'])
  db.exec(`PRAGMA max_page_count = ${pages}`)
  assert.deepEqual(codes([set('a'), set('b', 'x'.repeat(100_000)), set('c')]), ['disk-full', 'disk-full', 'disk-full'])
  assert.deepEqual(names(), [])
  db.exec(`PRAGMA max_page_count = ${pages + 100}`)
  assert.deepEqual(codes([set('d', 'x'.repeat(100_000))]), ['written'])
})

test('a disk that may not be written to is told as such', () => {
  db.exec('PRAGMA query_only = 1')
  assert.deepEqual(codes([set('a')]), ['read-only'])
  assert.equal(db.isTransaction, false)
})

function changeOfNothing() {
  const unset = { dueAt: undefined, attempts: undefined, firstAttemptAt: undefined, lastAttemptEndedAt: undefined }
  const rest = { absences: undefined, losses: undefined, result: undefined, reason: undefined }
  return { key: 'nothing', state: 'done', ...unset, ...rest } as const
}
