import assert from 'node:assert/strict'
import { test } from 'vitest'
import { CrmBlocked, CrmThrottled } from '../errors.ts'
import { createGate } from './gate.ts'
import { restAfter } from './rest.ts'

function gateAt(start = 0) {
  const clock = { now: start }
  const warnings: object[] = []
  const gate = createGate(() => clock.now, { warn: (fields) => warnings.push(fields) })
  return { clock, gate, warnings }
}

test('requests that were under way together and met one 429 make one rest', () => {
  const { gate, clock, warnings } = gateAt()
  assert.equal(gate.refused('throttled', '429', undefined).restMs, 1000)
  clock.now = 100
  assert.equal(gate.refused('throttled', '429', undefined).restMs, 900)
  clock.now = 1000
  assert.equal(gate.refused('throttled', '429', undefined).restMs, 2000)
  assert.equal(warnings.length, 2)
})

test('a success of a request sent before the refusal does not open the gate', () => {
  const { gate, clock } = gateAt()
  gate.refused('throttled', '429', undefined)
  gate.passed()
  assert.throws(() => gate.check(), CrmThrottled)
  clock.now = 1000
  assert.doesNotThrow(() => gate.check())
})

test('a block that follows throttling is the longer rest', () => {
  const { gate, clock } = gateAt()
  gate.refused('throttled', '429', undefined)
  const error = gate.refused('blocked', '403', undefined)
  assert.ok(error instanceof CrmBlocked && (error.restMs ?? 0) >= 60_000)
  clock.now = 59_999
  assert.throws(() => gate.check(), CrmBlocked)
})

test('rests double up to a ceiling, and Retry-After only makes them longer', () => {
  assert.deepEqual(
    [1, 2, 3, 7, 20].map((inARow) => restAfter('throttled', inARow, undefined)),
    [1000, 2000, 4000, 60_000, 60_000],
  )
  assert.equal(restAfter('throttled', 1, 30_000), 30_000)
  assert.equal(restAfter('throttled', 5, 1_000), 16_000)
  assert.equal(restAfter('throttled', 1, 86_400_000), 60_000)
  assert.equal(restAfter('blocked', 1, undefined), 60_000)
})
