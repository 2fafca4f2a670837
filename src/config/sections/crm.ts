import { z } from 'zod'
import { crmToken, hasNoUser } from '../values.ts'

export const Crm = z
  .strictObject({
    url: z
      .string()
      .refine(isSafeCrmUrl, 'an https address, like "https://acme.amocrm.ru" (http only on 127.0.0.1)')
      .refine(hasNoUser, 'an address without user and password')
      .describe('Address of the amoCRM or Kommo account.'),
    token: crmToken.describe('Long-lived token of a private integration, made by an administrator of the account.'),
    requestsPerSecond: z
      .number()
      .min(0.2)
      .max(7)
      .default(6)
      .describe("Pace of all requests. amoCRM allows 7 a second; the widget's own count too."),
    inFlight: z.int().min(1).max(6).default(3).describe('Requests under way at once.'),
    refreshSeconds: z.int().min(5).max(3600).default(30).describe('How often changes of contacts are fetched.'),
  })
  .describe('The CRM account.')

/** A token must not travel in the clear; a machine talking to itself may. */
function isSafeCrmUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null) return false
  const alone = url.hostname === '127.0.0.1' || url.hostname === 'localhost'
  return url.protocol === 'https:' || (url.protocol === 'http:' && alone)
}
