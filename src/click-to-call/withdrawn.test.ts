import { expect, test } from 'vitest'
import { createWithdrawn } from './withdrawn.ts'

test('given a call that was given up, when asked, then it is told once, and not after ten minutes', () => {
  let now = 0
  const withdrawn = createWithdrawn(() => now)
  withdrawn.add('a')
  withdrawn.add('b')
  expect([withdrawn.take('a'), withdrawn.take('a'), withdrawn.take('never')]).toEqual([true, false, false])
  now += 600_001
  expect(withdrawn.take('b')).toBe(false)
})
