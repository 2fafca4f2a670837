import { z } from 'zod'
import { Secret } from './secret.ts'

/** What the example file holds where only the owner knows the value. */
export const PLACEHOLDER = 'CHANGE-ME'

export const secret = z
  .string()
  .min(1)
  .refine((value) => !value.startsWith(PLACEHOLDER), "your own value in place of the example's")
  .transform((value) => new Secret(value))
export const port = z.int().min(1).max(65_535)
export const extension = z.string().regex(/^\d{1,15}$/, 'digits of an extension, like "101"')
export const dial = z.string().regex(/^\+?\d{5,15}$/, 'a phone number: digits, with a leading plus if you like')
export const pattern = z.string().refine(isRegExp, 'a regular expression, like "^1\\\\d\\\\d$"')
export const timeZone = z.string().refine(isTimeZone, 'an IANA zone, like "Europe/Moscow"')
export const mode = z
  .enum(['off', 'watch', 'on'])
  .describe(
    'off: as if it were not there. watch: journal only, nothing written to the CRM, nobody routed. on: everything.',
  )

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0
  } catch {
    return false
  }
}
