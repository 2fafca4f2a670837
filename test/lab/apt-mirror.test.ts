import { expect, test } from 'vitest'
import { mirrorOf } from './apt-mirror.ts'

test('given security and third-party archives too, then the mirror of the main archive is taken', () => {
  const targets = [
    'Docker|https://packages.example.org/linux/dists/bookworm/stable/binary-amd64/Packages',
    'Debian|http://security.example.org/debian-security/dists/bookworm-security/main/binary-amd64/Packages',
    'Debian|http://mirror.example.org/debian/dists/bookworm/main/binary-amd64/Packages',
  ]
  expect(mirrorOf(targets.join('\n'))).toBe('http://mirror.example.org/debian')
})

test('given no Debian archive, then there is no mirror', () => {
  expect(mirrorOf('')).toBeUndefined()
  expect(mirrorOf('Ubuntu|http://mirror.example.org/ubuntu/dists/jammy/main/binary-amd64/Packages')).toBeUndefined()
})
