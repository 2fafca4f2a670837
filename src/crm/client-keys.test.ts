import assert from 'node:assert/strict'
import { test } from 'vitest'
import { clientKeys } from './client-keys.ts'

const keys = (...phones: string[]) => clientKeys(phones, 'RU')

test('every spelling of a number gives the same key once', () => {
  const spellings = [
    '+7 (922) 153-23-27',
    '8 922 153 23 27',
    '79221532327',
    '9221532327',
    '8-922-153-2327',
    '+79221532327',
  ]
  assert.deepEqual(keys(...spellings), ['9221532327'])
})

test('an extension behind the number does not belong to it', () => {
  for (const tail of ['доб. 12', 'доб 123', 'доб.1', 'вн. 7', 'ext 5', 'x12', '#345', ', доб. 12']) {
    assert.deepEqual(keys(`8 (343) 222-33-44 ${tail}`), ['3432223344'], tail)
  }
})

test('several numbers in one field are several keys', () => {
  assert.deepEqual(keys('8 922 153-23-27, 8 922 153-23-28; +7 922 153-23-29'), [
    '9221532327',
    '9221532328',
    '9221532329',
  ])
  assert.deepEqual(keys('8 922 153-23-27 или 8 922 153-23-28'), ['9221532327', '9221532328'])
})

test('a second line behind a slash does not spoil the first', () => {
  assert.deepEqual(keys('8 (343) 222-33-44/45'), ['3432223344'])
  assert.deepEqual(clientKeys(['030/12345678'], 'DE'), ['3012345678'])
})

test('words around a number do not hide it', () => {
  assert.deepEqual(keys('моб. 8 922 153-23-27 (Иван)'), ['9221532327'])
})

test('what is no phone number gives no key', () => {
  assert.deepEqual(keys('', 'нет', '12', '1234', 'ivan@example.com', '9'.repeat(30)), [])
})

test('the country decides what a leading eight means', () => {
  assert.deepEqual(clientKeys(['8 029 123-45-67', '+375 29 123-45-67'], 'BY'), ['5291234567'])
})

test('a text made to be slow is not', () => {
  const started = performance.now()
  keys(`${'1 '.repeat(50_000)}x`, '('.repeat(50_000), `${'доб '.repeat(20_000)}`)
  assert.ok(performance.now() - started < 1000)
})
