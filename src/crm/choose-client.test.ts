import { expect, test } from 'vitest'
import { chooseClient } from './choose-client.ts'

const company = { kind: 'company', id: 1, keys: ['9221532327'] } as const
const old = { kind: 'contact', id: 2, keys: ['9221532327'] } as const
const young = { kind: 'contact', id: 3, keys: ['9221532327'] } as const
const american = { kind: 'contact', id: 1, keys: ['9221532327', '+19221532327'] } as const

test('contacts come before companies, then the oldest', () => {
  expect(chooseClient([company, old, young])).toBe(old)
  expect(chooseClient([company], '+79221532327')).toBe(company)
  expect(chooseClient([])).toBeUndefined()
})

test('given the same ten digits in another country, then the caller’s own country decides', () => {
  expect(chooseClient([american, old], '+79221532327')).toBe(old)
  expect(chooseClient([old, american], '+19221532327')).toBe(american)
  expect(chooseClient([american, company], '+79221532327')).toBe(company)
})

test('given nobody in the caller’s own country, then ten digits are enough: numbers are typed carelessly', () => {
  expect(chooseClient([american], '+79221532327')).toBe(american)
  expect(chooseClient([old], '+19221532327')).toBe(old)
})
