import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'vitest'
import { migrate } from './migrate.ts'
import { schema } from './schema.ts'

const steps = [
  { number: 1, sql: 'CREATE TABLE one (a)' },
  { number: 2, sql: 'CREATE TABLE two (a)' },
]
const tables = (db: DatabaseSync) =>
  db
    .prepare('SELECT name FROM sqlite_schema ORDER BY name')
    .all()
    .map(({ name }) => name)

test('numbers are their places', () => {
  assert.deepEqual(
    schema.map(({ number }) => number),
    schema.map((_, at) => at + 1),
  )
})

test('only what is missing is applied', () => {
  const db = new DatabaseSync(':memory:')
  migrate(db, steps.slice(0, 1))
  migrate(db, steps)
  migrate(db, steps)
  assert.deepEqual(tables(db), ['one', 'two'])
})

test('a migration that fails leaves the file as it was', () => {
  const db = new DatabaseSync(':memory:')
  migrate(db, steps.slice(0, 1))
  assert.throws(() => migrate(db, [...steps, { number: 3, sql: 'CREATE TABLE two (b)' }]), /already exists/)
  assert.deepEqual(tables(db), ['one'])
  migrate(db, steps)
  assert.deepEqual(tables(db), ['one', 'two'])
})
