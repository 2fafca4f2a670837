import { type CountryCode, type NumberType, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { normalisePhone } from '../numbers/phone-number.ts'

export interface DialRules {
  /** Country of numbers written without a country code. */
  readonly country: string
  /** Countries that may be called, ISO 3166. */
  readonly countries: ReadonlySet<string>
  /** Numbers the caller pays extra for may be called as well. */
  readonly paid: boolean
  /** Extensions of the staff list. */
  readonly colleagues: ReadonlySet<string>
}

export type RefusedNumber =
  | 'not-a-number'
  | 'feature-code'
  | 'short-number'
  | 'own-extension'
  | 'foreign-number'
  | 'paid-number'

/** What may be dialled of what was asked for. `number` and `extension` hold digits and at most one leading plus, nothing else. */
export type Dialable =
  | { readonly kind: 'client'; readonly number: string }
  | { readonly kind: 'colleague'; readonly extension: string }
  | { readonly kind: 'refused'; readonly why: RefusedNumber }

/** How people write numbers down; everything else in one is no decoration. No line breaks: they end a header. */
const DECORATION = /[ \u00a0().\u2010-\u2013-]/g
/** Emergency numbers, service codes and extensions end here; no subscriber's number is that short where clients live. */
const LONGEST_SHORT_NUMBER = 6
/** Ranges in which a call costs the caller extra, or nobody can tell what it costs (types of libphonenumber). */
const PAID: ReadonlySet<NumberType> = new Set<NumberType>([
  'PREMIUM_RATE',
  'SHARED_COST',
  'UAN',
  'PERSONAL_NUMBER',
  'PAGER',
  'VOICEMAIL',
])

/**
 * Decides whether a person may call a number. Nothing but plain numbers passes: a PBX takes `*21*…` for an order and `101&…`
 * for a second phone. Valid numbers and their types come from libphonenumber's full metadata (its short one knows no types).
 * @param own the extension of the person who calls.
 */
export function dialable(phone: string, own: string, rules: DialRules): Dialable {
  if (/[*#]/.test(phone)) return refused('feature-code')
  const plain = phone.replace(DECORATION, '')
  if (!/^\+?\d{1,18}$/.test(plain)) return refused('not-a-number')
  if (plain === own) return refused('own-extension')
  if (rules.colleagues.has(plain)) return { kind: 'colleague', extension: plain }
  const number = normalisePhone(plain, rules.country)
  const parsed = number.startsWith('+') ? parsePhoneNumberFromString(number) : undefined
  if (!parsed?.isValid()) return refused(plain.length <= LONGEST_SHORT_NUMBER ? 'short-number' : 'not-a-number')
  if (!isAllowedCountry(parsed.country, rules)) return refused('foreign-number')
  const type = parsed.getType()
  if (!rules.paid && (type === undefined || PAID.has(type))) return refused('paid-number')
  return { kind: 'client', number: parsed.number }
}

/** Satellite and other numbers of no country are foreign everywhere. */
function isAllowedCountry(country: CountryCode | undefined, { countries }: DialRules): boolean {
  return country !== undefined && countries.has(country)
}

function refused(why: RefusedNumber): Dialable {
  return { kind: 'refused', why }
}
