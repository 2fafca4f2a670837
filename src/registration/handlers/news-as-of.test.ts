import assert from 'node:assert/strict'
import { test } from 'vitest'
import { factsOf, NOON } from '../_settings.ts'
import { newsAsOf } from './news-as-of.ts'

const jobOf = (endedAt: number) => ({ payload: { call: factsOf({ endedAt }) } })
const rushOf = (endedAt: number) => Array.from({ length: 20 }, () => jobOf(endedAt))

test('given a few calls then everything up to now must be known', () => {
  assert.equal(newsAsOf([jobOf(NOON - 60_000)], NOON), undefined)
})

test('given a rush of calls that ended a moment ago then what was written while they talked must be known', () => {
  assert.equal(newsAsOf([...rushOf(NOON - 3_000), jobOf(NOON - 500)], NOON), NOON - 500)
})

test('given a rush of calls that waited for long then news of ten seconds ago will do', () => {
  assert.equal(newsAsOf(rushOf(NOON - 3_600_000), NOON), NOON - 10_000)
})

test('given a rush with a call that ended in the future (the PBX has another clock) then everything up to now must be known', () => {
  assert.equal(newsAsOf([...rushOf(NOON - 60_000), jobOf(NOON + 60_000)], NOON), NOON)
})

test('given a client in the rush who was found before and is gone then nothing that was known before will do', () => {
  assert.equal(newsAsOf([...rushOf(NOON - 60_000), { ...jobOf(NOON), redone: true }], NOON), undefined)
})
