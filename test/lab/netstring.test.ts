import { expect, test } from 'vitest'
import { decodeNetstrings, encodeNetstring } from './netstring.ts'

test('given a text outside ASCII, then the length counts its bytes', () => {
  expect(encodeNetstring('Анна').toString()).toBe('8:Анна,')
})

test('given two netstrings and the beginning of a third, then two are read and the beginning is kept', () => {
  const { payloads, rest } = decodeNetstrings(Buffer.from('5:hello,3:Яa,9:{"a":'))
  expect(payloads).toEqual(['hello', 'Яa'])
  expect(rest.toString()).toBe('9:{"a":')
})

test('given a netstring in single bytes, then it is read when its comma has come and not before', () => {
  const whole = encodeNetstring('{"event":true}')
  for (let length = 0; length < whole.length; length++) {
    expect(decodeNetstrings(whole.subarray(0, length)).payloads).toEqual([])
  }
  expect(decodeNetstrings(whole)).toEqual({ payloads: ['{"event":true}'], rest: Buffer.alloc(0) })
})

test('given bytes that are no netstring, then it says so', () => {
  expect(() => decodeNetstrings(Buffer.from('GET / HTTP/1.1\r\nHost: x'))).toThrow('no length')
  expect(() => decodeNetstrings(Buffer.from('2:abc,'))).toThrow('no comma')
})
