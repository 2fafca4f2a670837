import { expect, test } from 'vitest'
import { directoryDiff } from './directory-diff.ts'

test('given two directories, when compared, then who came, who went and whose user is another one is told', () => {
  const before = [{ extension: '101', user: 1 }, { extension: '102', user: 2 }, { extension: '103' }]
  const after = [{ extension: '101', user: 9 }, { extension: '103' }, { extension: '104', user: 4 }]
  expect(directoryDiff(before, after)).toEqual({ added: ['104'], removed: ['102'], changed: ['101: user 1 → 9'] })
  expect(directoryDiff(before, [...before])).toBeUndefined()
})
