import assert from 'node:assert/strict'
import { test } from 'vitest'
import { fromHundredTo250, nextSize, type Weight } from './batch-size.ts'

const next = (size: number, sent: number, weight: Weight) => nextSize(fromHundredTo250, size, sent, weight)

test('a batch that was too heavy is halved, down to one', () => {
  assert.equal(next(100, 100, 'too-heavy'), 50)
  assert.equal(next(3, 3, 'too-heavy'), 1)
  assert.equal(next(1, 1, 'too-heavy'), 1)
})

test('half of what was really sent: a size that was never tried proves nothing', () => {
  assert.equal(next(200, 20, 'too-heavy'), 10)
})

test('full batches grow: by doubling up to a hundred, then by steps up to 250', () => {
  assert.deepEqual(
    [1, 40, 64, 100, 240, 250].map((size) => next(size, size, 'carried')),
    [2, 80, 100, 125, 250, 250],
  )
})

test('a batch that was not full says nothing about more', () => {
  assert.equal(next(100, 99, 'carried'), 100)
})
