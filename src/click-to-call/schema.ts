import { z } from 'zod'

/** What a browser may ask for. Whose phone rings is no part of it: that is who the token belongs to. */
export const ClickRequest = z.strictObject({
  /** As the CRM shows it. */
  phone: z.string().max(200),
  /** The browser's own id of this click: the same id never rings twice. */
  requestId: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
  /** Where the person clicked; told back with every message. */
  entity: z
    .strictObject({ kind: z.enum(['contact', 'company', 'lead', 'customer']), id: z.int().positive() })
    .optional(),
  lang: z.enum(['ru', 'en']).optional(),
})
export type ClickRequest = z.infer<typeof ClickRequest>
export type Lang = NonNullable<ClickRequest['lang']>
