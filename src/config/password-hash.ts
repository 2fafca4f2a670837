import { scryptSync, timingSafeEqual } from 'node:crypto'

/** 16 MB and some 50 ms a try (2^14, 8, 1: the least that is recommended for logins); written into the hash, so that it can grow. */
const COST = { N: 16_384, r: 8, p: 1 } as const
const KEY_BYTES = 32
/** What a hash in a file may ask for at most: a login must not take the machine's memory. */
const MOST_BYTES = 256 * 1024 ** 2

/**
 * `scrypt:N:r:p:salt:key`, the last two in base64url.
 * @param salt 16 random bytes or more, new for each password.
 */
export function hashPassword(password: string, salt: Buffer): string {
  const key = scryptSync(password.normalize('NFC'), salt, KEY_BYTES, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join(':')
}

/** Whether this is the password; false also for text that is no hash. */
export function isPassword(password: string, hash: string): boolean {
  const [kind, n, r, p, salt = '', key = ''] = hash.split(':')
  const cost = { N: Number(n), r: Number(r), p: Number(p) }
  if (kind !== 'scrypt' || !Object.values(cost).every((part) => Number.isInteger(part) && part > 0)) return false
  if (key === '' || 128 * cost.N * cost.r > MOST_BYTES) return false
  const wanted = Buffer.from(key, 'base64url')
  const tried = scryptSync(password.normalize('NFC'), Buffer.from(salt, 'base64url'), wanted.length, {
    ...cost,
    maxmem: 2 * MOST_BYTES,
  })
  return timingSafeEqual(tried, wanted)
}
