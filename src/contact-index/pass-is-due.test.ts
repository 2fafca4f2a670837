import assert from 'node:assert/strict'
import { test } from 'vitest'
import { passIsDue } from './pass-is-due.ts'

const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 30).getTime()
const finished = (startedAt: number) => ({ startedAt, finishedAt: startedAt + 60_000 })

test('given a pass last night, it is due the next night and not before', () => {
  const last = finished(at(19, 3))
  assert.equal(passIsDue(last, at(19, 3) + 600_000), false)
  assert.equal(passIsDue(last, at(19, 23)), false)
  assert.equal(passIsDue(last, at(20, 2)), false)
  assert.equal(passIsDue(last, at(20, 3)), true)
})

test('given a machine that sleeps at night, it is due at the start', () => {
  assert.equal(passIsDue(finished(at(18, 9)), at(19, 9)), false)
  assert.equal(passIsDue(finished(at(18, 9)), at(19, 11)), true)
})

test('given one by day, the same night’s is not left out', () => {
  assert.equal(passIsDue(finished(at(19, 11)), at(20, 3)), true)
})

test('given an unfinished one, it goes on at once', () => {
  assert.equal(passIsDue({ startedAt: at(19, 3) }, at(19, 4)), true)
})

test('given a clock that was set back, it does not wait for the old one', () => {
  assert.equal(passIsDue(finished(at(25, 3)), at(19, 12)), true)
})
