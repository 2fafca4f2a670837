import { isSupportedCountry } from 'libphonenumber-js/min'
import { z } from 'zod'
import { Secret } from './secret.ts'

/** What the example file holds where only the owner knows the value. */
export const PLACEHOLDER = 'CHANGE-ME'

export const secret = hidden(z.string().min(1))
/** Travels in a header, which takes no other characters. */
export const crmToken = hidden(z.string().regex(/^[!-~]+$/, 'printable ASCII characters, no spaces, no line break'))
/** Long enough that nobody guesses one. */
export const personToken = hidden(z.string().regex(/^[!-~]{16,}$/, '16 or more printable ASCII characters, no spaces'))
/** A hash, as `md5sum` prints it. */
export const hexadecimal = (length: number) =>
  hidden(z.string().regex(new RegExp(`^[0-9a-f]{${length}}$`), `${length} hexadecimal digits`))
export const port = z.int().min(1).max(65_535)
export const extension = z.string().regex(/^\d{1,15}$/, 'digits of an extension, like "101"')
/** X stands for any digit. */
export const mobile = z
  .string()
  .regex(/^\+?[\dX]{5,15}$/, 'a phone number: digits, with a leading plus if you like; X stands for any digit')
export const pattern = z.string().refine(isRegExp, 'a regular expression, like "^1\\\\d\\\\d$"')
export const country = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: 'two capital letters, like "RU"', abort: true })
  .refine(isSupportedCountry, 'a country with phone numbers of its own, like "RU"')
export const timeZone = z.string().refine(isTimeZone, 'an IANA zone, like "Europe/Moscow"')
export const mode = z
  .enum(['off', 'watch', 'on'])
  .describe(
    'off: as if it were not there. watch: journal only, nothing written to the CRM, nobody routed. on: everything.',
  )

function hidden(text: z.ZodString) {
  return text
    .refine((value) => !value.startsWith(PLACEHOLDER), "your own value in place of the example's")
    .transform((value) => new Secret(value))
}

/** They would be logged with the address. */
export function hasNoUser(address: string): boolean {
  const url = URL.parse(address)
  return url === null || (url.username === '' && url.password === '')
}

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
