import { expect, test } from 'vitest'
import { hashPassword, isPassword } from './password-hash.ts'

const salt = Buffer.from('sixteen bytes ok')

test('given a hash, when the password is asked, then that one is right and no other', () => {
  const hash = hashPassword('пароль 1', salt)
  expect(hash).toMatch(/^scrypt:16384:8:1:[\w-]{22}:[\w-]{43}$/)
  expect(hash).not.toContain('пароль')
  expect(isPassword('пароль 1', hash)).toBe(true)
  expect(isPassword('пароль 2', hash)).toBe(false)
})

test('given one password and two salts, when hashed, then the hashes differ', () => {
  expect(hashPassword('secret', salt)).not.toBe(hashPassword('secret', Buffer.from('sixteen bytes no')))
})

test.each([
  '',
  'secret',
  'scrypt:16384:8:1:c2FsdA:',
  'scrypt:0:8:1:c2FsdA:a2V5',
  'scrypt:1073741824:8:1:c2FsdA:a2V5',
  'md5:1:1:1:a:b',
])('given "%s", which is no hash we take, when a password is asked, then it is wrong', (hash) =>
  expect(isPassword('secret', hash)).toBe(false),
)
