import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Settings } from '../store/ports.ts'

const NAME = 'contact-index.webhook-secret'

/** The part of the webhook's address nobody else knows; made once. The CRM signs nothing (reference amocrm.md 11.2). @throws StoreError */
export async function webhookSecret(settings: Settings): Promise<string> {
  const known = await settings.get(NAME)
  if (known) return known
  const fresh = randomBytes(32).toString('base64url')
  await settings.set(NAME, fresh)
  return fresh
}

/** In a time that tells nothing of where they differ. */
export function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
