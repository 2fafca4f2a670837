import assert from 'node:assert/strict'
import { test } from 'vitest'
import { createClock } from './clock.ts'

function worldAt(wall: number) {
  const world = { wall, monotonic: 0 }
  const clock = createClock(
    () => world.wall,
    () => world.monotonic,
  )
  return {
    clock,
    pass: (ms: number) => Object.assign(world, { wall: world.wall + ms, monotonic: world.monotonic + ms }),
    set: (by: number) => Object.assign(world, { wall: world.wall + by }),
  }
}

test('while nobody sets the clock, all three agree', () => {
  const { clock, pass } = worldAt(1000)
  pass(50)
  assert.deepEqual([clock.wall(), clock.now(), clock.steady()], [1050, 1050, 1050])
})

test('given a clock set back by an hour, what is due goes on from where it was', () => {
  const { clock, pass, set } = worldAt(10_000_000)
  clock.now()
  set(-3_600_000)
  pass(50)
  assert.equal(clock.now(), 10_000_050)
})

test('given a clock set forward, no attempt looks older than it is', () => {
  const { clock, pass, set } = worldAt(1000)
  set(60_000)
  pass(50)
  assert.equal(clock.steady(), 1050)
  assert.equal(clock.now(), 61_050)
})

test('given a clock set forward and back again, what is due stays where it was', () => {
  const { clock, pass, set } = worldAt(1000)
  set(60_000)
  clock.now()
  set(-60_000)
  pass(50)
  assert.equal(clock.now(), 61_050)
})
