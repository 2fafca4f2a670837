import { expect, test } from 'vitest'
import { countUnlisted, type UnlistedExtension } from './unlisted.ts'

test('given strangers who talk, when counted, then each call counts once for each of them', () => {
  const once = countUnlisted([], ['555', '555', '556'], 1_000)
  expect(countUnlisted(once, ['555'], 2_000)).toEqual([
    { extension: '555', calls: 2, firstAt: 1_000, lastAt: 2_000 },
    { extension: '556', calls: 1, firstAt: 1_000, lastAt: 1_000 },
  ])
})

test('given a list that is full, when another stranger talks, then those on it are counted on', () => {
  const many = Array.from({ length: 300 }, (_, at) => String(1_000 + at))
  const full = countUnlisted([], many, 1)
  expect(full).toHaveLength(200)
  const [first]: readonly (UnlistedExtension | undefined)[] = countUnlisted(full, ['1000', '9999'], 2)
  expect(first).toMatchObject({ extension: '1000', calls: 2 })
})
