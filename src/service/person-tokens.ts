import { createHash, timingSafeEqual } from 'node:crypto'
import type { Config } from '../config/schema.ts'

type Mode = Config['service']['mode']

/**
 * Finds the person a token belongs to. Compares digests in constant time, all of them, so that time tells nothing.
 * @param modes people in another mode are nobody.
 */
export function personTokens(
  { staff }: Config,
  modes: readonly Mode[] = ['watch', 'on'],
): (token: string) => string | undefined {
  const known = staff.people.flatMap(({ extension, token, mode }) =>
    token === undefined || !modes.includes(mode) ? [] : [{ extension, digest: digest(token.reveal()) }],
  )
  return (token) => {
    const asked = digest(token)
    return known.filter((one) => timingSafeEqual(one.digest, asked))[0]?.extension
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
