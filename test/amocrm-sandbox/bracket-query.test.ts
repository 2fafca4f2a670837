import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type PhpValue, parseBracketQuery } from './transport/bracket-query.ts'

function plain(value: PhpValue): unknown {
  if (typeof value === 'string') return value
  return Object.fromEntries([...value].map(([key, entry]) => [key, plain(entry)]))
}

test.each([
  ['a=1&b', { a: '1', b: '' }],
  ['a=1&a=2', { a: '2' }],
  ['filter[id][]=1&filter[id][]=2', { filter: { id: { 0: '1', 1: '2' } } }],
  ['filter%5Bid%5D%5B%5D=1', { filter: { id: { 0: '1' } } }],
  ['filter[id][5]=1&filter[id][]=2', { filter: { id: { 5: '1', 6: '2' } } }],
  ['filter[updated_at][from]=1&filter[updated_at][to]=2', { filter: { updated_at: { from: '1', to: '2' } } }],
  ['filter[statuses][0][pipeline_id]=1', { filter: { statuses: { 0: { pipeline_id: '1' } } } }],
  ['query=+7999', { query: ' 7999' }],
  ['query=%2B7999', { query: '+7999' }],
  ['query=%E0%A4%A', { query: '%E0%A4%A' }],
  ['', {}],
])('given %s then it is read as PHP reads it', (raw, expected) => {
  assert.deepEqual(plain(parseBracketQuery(raw)), expected)
})
