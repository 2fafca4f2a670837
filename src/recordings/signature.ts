import { createHmac, timingSafeEqual } from 'node:crypto'

export interface SigningKey {
  /** Small letters and digits. */
  readonly id: string
  readonly secret: Buffer
}

/** What a link carries: `<key id>.<HMAC-SHA-256 in base64url>`. It lasts as long as its key: cards of old calls must play (reference amocrm.md 15). */
export function sign(key: SigningKey, pbx: string, callId: string): string {
  return `${key.id}.${digest(key, pbx, callId).toString('base64url')}`
}

/** Whether a signature is right, in constant time. @param keyOf the key of an id, undefined when it is unknown or retired. */
export function isSigned(
  signature: string,
  pbx: string,
  callId: string,
  keyOf: (id: string) => SigningKey | undefined,
): boolean {
  const [, keyId = '', claimed = ''] = /^([a-z0-9]{1,16})\.([\w-]{43})$/.exec(signature) ?? []
  const key = keyOf(keyId)
  if (!key) return false
  const given = Buffer.from(claimed, 'base64url')
  const right = digest(key, pbx, callId)
  return given.length === right.length && timingSafeEqual(given, right)
}

/** A PBX's name and a key's id have no slash, so no two calls share a text. */
function digest({ id, secret }: SigningKey, pbx: string, callId: string): Buffer {
  return createHmac('sha256', secret).update(`${id}/${pbx}/${callId}`).digest()
}
