import { expect, test } from 'vitest'
import { firstStart } from './first-start.ts'

test('given a first start within a second, when CEL tells a call of that second without fractions, then it began no earlier', async () => {
  const kept = new Map<string, string>()
  const settings = {
    get: async (name: string) => kept.get(name),
    set: async (name: string, value: string) => void kept.set(name, value),
  }
  expect(await firstStart(settings, 1_795_164_754_700)).toBe(1_795_164_754_000)
  expect(await firstStart(settings, 1_795_999_999_999)).toBe(1_795_164_754_000)
})
