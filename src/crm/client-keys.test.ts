import assert from 'node:assert/strict'
import { test } from 'vitest'
import { clientKeys, extensionsBehind } from './client-keys.ts'

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
    const [key, withExtension] = keys(`8 (343) 222-33-44 ${tail}`)
    assert.deepEqual([key, withExtension], ['3432223344', `3432223344x${tail.replace(/\D/g, '')}`], tail)
  }
})

test('an extension is kept beside the number, so that colleagues of one switchboard can be told apart', () => {
  const spellings = [
    'доб.12',
    '(доб. 12)',
    'доб.№12',
    'добавочный 12',
    'внутр. 12',
    'вн.12',
    'extension 12',
    '*12',
    'х12',
  ]
  for (const tail of spellings) {
    const found = keys(`8 (343) 222-33-44 ${tail}`)
    assert.deepEqual(found, ['3432223344', '3432223344x12'], tail)
    assert.deepEqual(extensionsBehind({ keys: found }, '3432223344'), ['12'])
  }
  assert.deepEqual(keys('8 343 222-33-44 доб. 12, 8 922 153-23-27'), ['3432223344', '3432223344x12', '9221532327'])
})

test('a number behind a word that ends like one for extensions is a number', () => {
  assert.deepEqual(keys('Max 8 922 153-23-27', 'fax 89221532328', 'факс: 8-922-153-23-29'), [
    '9221532327',
    '9221532328',
    '9221532329',
  ])
})

test('signs of word processors and phones do not break a number', () => {
  const spellings = [
    '8–922–153–23–27',
    '+7\u2011922\u2011153\u201123\u201127',
    '8 922 153−23−27',
    '\u202a+7 922 153-23-27\u202c',
    '+7\u00a0922\u00a0153\u202f23\u200927',
    '８９２２１５３２３２７',
    '8\u200b9221532327',
    '8.922.153.23.27',
    '+7-(922)-153-23-27',
    '007 922 153 23 27',
    'тел.: +7(922)153-23-27;',
  ]
  for (const spelling of spellings) assert.deepEqual(keys(spelling), ['9221532327'], spelling)
})

test('two numbers with nothing but a space between are two', () => {
  assert.deepEqual(keys('89221532327 89221532328'), ['9221532327', '9221532328'])
  assert.deepEqual(keys('8 922 153-23-27 8 922 153-23-28'), ['9221532327', '9221532328'])
  assert.deepEqual(keys('+7 922 153-23-27 +7 922 153-23-28'), ['9221532327', '9221532328'])
})

test('a number of another country is known as a whole, too', () => {
  assert.deepEqual(keys('+1 (212) 555-01-23'), ['2125550123', '+12125550123'])
  assert.deepEqual(keys('+7 (212) 555-01-23'), ['2125550123'])
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
  assert.deepEqual(clientKeys(['+375 29 123-45-67'], 'RU'), ['5291234567', '+375291234567'])
})

test('a text made to be slow is not', () => {
  const started = performance.now()
  keys(`${'1 '.repeat(50_000)}x`, '('.repeat(50_000), `${'доб '.repeat(20_000)}`)
  assert.ok(performance.now() - started < 1000)
})
