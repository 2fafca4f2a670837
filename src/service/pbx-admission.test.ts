import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { Secret } from '../config/secret.ts'
import { pbxAdmission } from './pbx-admission.ts'

function from(address: string, headers: Readonly<Record<string, string>> = {}): IncomingMessage {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: address })
  const request = new IncomingMessage(socket)
  Object.assign(request.headers, headers)
  return request
}

test('given no token, when asked, then this machine alone is answered, and not for whom it passes on', () => {
  const admit = pbxAdmission(undefined)
  expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].map((each) => admit(from(each), undefined))).toEqual(
    Array(3).fill('admitted'),
  )
  expect(['192.168.1.9', '203.0.113.9', ''].map((each) => admit(from(each), 'x'))).toEqual(Array(3).fill('wrong-place'))
  expect(admit(from('127.0.0.1', { 'x-forwarded-for': '203.0.113.9' }), undefined)).toBe('wrong-place')
  expect(admit(from('127.0.0.1', { forwarded: 'for=203.0.113.9' }), undefined)).toBe('wrong-place')
})

test('given a token, when asked, then it opens the door to the own network, and to nobody without it', () => {
  const admit = pbxAdmission(new Secret('a-token-of-16-characters'))
  expect(admit(from('192.168.1.9'), 'a-token-of-16-characters')).toBe('admitted')
  expect(admit(from('127.0.0.1'), undefined)).toBe('no-token')
  expect(admit(from('127.0.0.1'), 'another-one')).toBe('no-token')
  expect(admit(from('203.0.113.9'), 'a-token-of-16-characters')).toBe('wrong-place')
})
