import { z } from 'zod'
import { crmToken, hasNoUser, secret } from '../values.ts'

/** The rotating pair of an integration; who has a long-lived token needs none. */
const OAuth = z
  .strictObject({
    clientId: z.string().min(1).describe('Integration id, from its "Keys and scopes".'),
    clientSecret: secret.describe('Secret key of the integration.'),
    redirectUri: z
      .string()
      .refine((text) => URL.canParse(text), 'the redirect address, exactly as it stands in the integration')
      .describe('Redirect address, exactly as it stands in the integration.'),
    code: secret
      .optional()
      .describe(
        'Authorisation code, good once and for 20 minutes. Or leave it out and run `callweave crm authorise --code CODE`.',
      ),
  })
  .describe('An integration that is authorised by OAuth, in place of `crm.token`.')

/** The CRM finds us by it. */
const Webhook = z
  .strictObject({
    publicUrl: z
      .string()
      .refine(isSafeCrmUrl, 'an https address (http only on 127.0.0.1)')
      .refine(hasNoUser, 'an address without user and password')
      .optional()
      .describe(
        "What the CRM's servers reach this service by, like https://pbx.example.com:8078. The webhook's address below it is secret, made and subscribed by the service itself. Left out: changes are fetched every `crm.refreshSeconds` only.",
      ),
  })
  .prefault({})
  .describe('Changes of contacts, companies and leads, told by the CRM within a second or two.')

export const Crm = z
  .strictObject({
    url: z
      .string()
      .refine(isSafeCrmUrl, 'an https address, like "https://acme.amocrm.ru" (http only on 127.0.0.1)')
      .refine(hasNoUser, 'an address without user and password')
      .describe('Address of the amoCRM or Kommo account.'),
    token: crmToken
      .optional()
      .describe(
        'Long-lived token of a private integration, made by an administrator of the account. This or `crm.oauth`. A new one is taken without a restart.',
      ),
    oauth: OAuth.optional(),
    requestsPerSecond: z
      .number()
      .min(0.2)
      .max(7)
      .default(6)
      .describe("Pace of all requests. amoCRM allows 7 a second; the widget's own count too."),
    inFlight: z
      .int()
      .min(1)
      .max(6)
      .default(6)
      .describe('Requests under way at once. A page of 250 contacts takes amoCRM about a second.'),
    keepDays: z
      .int()
      .min(7)
      .max(3650)
      .default(90)
      .describe('How long finished CRM writes are kept in the outbox. Calls themselves stay in the journal.'),
    refreshSeconds: z
      .int()
      .min(5)
      .max(3600)
      .default(30)
      .describe('How often changes of contacts and leads are fetched.'),
    webhook: Webhook,
  })
  .refine(({ token, oauth }) => token !== undefined || oauth !== undefined, {
    path: ['token'],
    error: 'a long-lived token, or crm.oauth in its place',
  })
  .refine(({ token, oauth }) => token === undefined || oauth === undefined, {
    path: ['oauth', 'clientId'],
    error: 'crm.token or crm.oauth, not both',
  })
  .describe('The CRM account.')

/** A token must not travel in the clear; a machine talking to itself may. */
function isSafeCrmUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null) return false
  const alone = url.hostname === '127.0.0.1' || url.hostname === 'localhost'
  return url.protocol === 'https:' || (url.protocol === 'http:' && alone)
}
