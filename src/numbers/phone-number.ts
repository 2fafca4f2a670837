import { type CountryCode, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/min'

/** Ten digits identify a subscriber in every country we meet, whatever stands before them (8, +7, 007). */
const KEY_DIGITS = 10
/** Shorter numbers are extensions and service numbers, never clients. */
const SHORTEST_CLIENT_NUMBER = 5
/** E.164 allows fifteen digits; what is longer is no phone number. */
const LONGEST_NUMBER = 15

/**
 * A number as the house keeps it: E.164 (`+79221532327`) where libphonenumber takes it for a possible number of `country` or
 * of the country it names itself, else its digits, else empty (`anonymous`, SIP names, nothing).
 */
export function normalisePhone(raw: string, country: string): string {
  const text = phonePart(raw)
  if (text === '') return ''
  const parsed = parsePhoneNumberFromString(text, country as CountryCode)
  if (parsed?.isPossible()) return parsed.number
  // Many trunks deliver international numbers without the plus.
  const withPlus = text.startsWith('+') ? undefined : parsePhoneNumberFromString(`+${text}`)
  if (withPlus?.isValid()) return withPlus.number
  return text.replace('+', '')
}

/** What two spellings of one number share: the last ten digits; all of them when there are five to nine; undefined below. */
export function phoneKey(number: string): string | undefined {
  const digits = number.replace(/\D/g, '')
  if (digits.length < SHORTEST_CLIENT_NUMBER || digits.length > LONGEST_NUMBER) return undefined
  return digits.slice(-KEY_DIGITS)
}

/** `7` for RU. */
export function callingCode(country: string): string {
  return getCountryCallingCode(country as CountryCode)
}

/** Digits with at most one leading plus; empty when the text is no number (`anonymous`, `unknown`, thirty digits). */
function phonePart(raw: string): string {
  const user = raw.replace(/^sips?:/i, '').split(/[@;]/, 1)[0] ?? ''
  const bare = user.replace(/[\s().\-\u00a0/]/g, '')
  if (!/^\+?\d+$/.test(bare)) return ''
  return bare.replace('+', '').length > LONGEST_NUMBER ? '' : bare
}
