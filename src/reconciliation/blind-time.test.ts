import { expect, test } from 'vitest'
import { blindTime } from './blind-time.ts'

const gap = { from: 1_000_000, to: 1_600_000, linkedids: [] }

test('given a database that ran all the time, then nothing was blind', () => {
  expect(blindTime(gap, { serverStartedAt: 500_000, lastRowAt: 400_000 })).toBeUndefined()
})

test('given a database that was started while nobody listened, then the time since its last row is blind', () => {
  const away = { serverStartedAt: 1_400_000, lastRowAt: 1_200_000 }
  expect(blindTime(gap, away)).toEqual({ from: 1_200_000, to: 1_400_000, why: 'both-witnesses' })
})

test('given a database that was down when the silence began and is started after it, then all of it is blind', () => {
  expect(blindTime(gap, { serverStartedAt: 1_900_000, lastRowAt: 900_000 })).toMatchObject({
    from: gap.from,
    to: gap.to,
  })
  expect(blindTime(gap, { serverStartedAt: 1_900_000, lastRowAt: undefined })).toMatchObject({
    from: gap.from,
    to: gap.to,
  })
})

test('given a restart of some seconds, then nobody calls it blind', () => {
  expect(blindTime(gap, { serverStartedAt: 1_205_000, lastRowAt: 1_200_000 })).toBeUndefined()
})
