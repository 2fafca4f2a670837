import { randomBytes } from 'node:crypto'
import type { AdministratorKeys } from '../../config/complete.ts'
import { hashPassword } from '../../config/password-hash.ts'
import { digestSecret } from '../../http/digest.ts'

/** What the configuration keeps of a password: a hash for the page of settings, two for the doors that speak Digest. */
export function administratorKeys(login: string, password: string): AdministratorKeys {
  return { passwordHash: hashPassword(password, randomBytes(16)), digest: digestSecret(login, password) }
}
