import { callingCode, normalisePhone, phoneKey } from '../numbers/phone-number.ts'

/** What people write behind a number: «доб. 12», «(вн.12)», `ext 12`, `x12`, `#12`; it belongs to the switchboard, not to the number. */
const EXTENSION =
  /[\s,;(]{0,4}(?<!\p{L})(?:доб(?:авочный)?|доп|вн(?:утр(?:енний)?)?|ext(?:ension)?|[xх#*])[\s.:№#]*(\d{1,6})(?!\d)\)?/giu
/** `222-33-44/45`: a second line that differs in its last digits; a slash before more digits belongs to the number. */
const SECOND_LINE = /\/\s*\d{1,4}(?!\d)/gu
/** Several numbers in one field. */
const SEPARATOR = /[,;\n]|\s(?:и|или|and|or)\s/u
/** Stands before an extension once it is found. */
const MARK = '\ue000'
/** A number as people type it, wherever it stands in the text, and its extension. */
const NUMBER = /(\+?\(?\d[\d\s().\-/]*\d)(?:\s*\ue000(\d+))?/gu
/** Dashes of word processors. */
const DASHES = /[\u2010-\u2015\u2212]/gu
/** Digits and plus of East Asian keyboards. */
const WIDE = /[\uff0b\uff10-\uff19]/gu
/** Marks of direction and joiners that come along when a number is copied from a phone. */
const INVISIBLE = /\p{Cf}/gu
/** Longer than any number: two of them with nothing but a space between. */
const LONGEST = 15
const SUBSCRIBER_DIGITS = 10
const MOST_APART = 3

/**
 * What the index finds a client by: the phone keys of the phone fields, whatever was typed into them – any spelling, several numbers in one field,
 * words around. Beside the key of a number of another country stands the whole number (`+19221532327`): it tells apart whom the last ten digits
 * do not. Beside one with an extension stands `<key>x<extension>`. What is no phone number gives no key.
 */
export function clientKeys(phones: readonly string[], country: string): readonly string[] {
  const home = `+${callingCode(country)}`
  const keys = phones.flatMap(numbersIn).flatMap(({ text, extension }) => {
    const number = normalisePhone(text, country)
    const key = phoneKey(number)
    if (key === undefined) return []
    const abroad = number.startsWith('+') && !number.startsWith(home)
    return [key, ...(abroad ? [number] : []), ...(extension === undefined ? [] : [`${key}x${extension}`])]
  })
  return [...new Set(keys)]
}

/** The extensions a client has behind a number. */
export function extensionsBehind({ keys }: { readonly keys: readonly string[] }, key: string): readonly string[] {
  return keys.flatMap((each) => (each.startsWith(`${key}x`) ? [each.slice(key.length + 1)] : []))
}

interface TypedNumber {
  readonly text: string
  readonly extension: string | undefined
}

function numbersIn(field: string): readonly TypedNumber[] {
  return field
    .replace(WIDE, (sign) => sign.normalize('NFKC'))
    .replace(INVISIBLE, '')
    .replace(DASHES, '-')
    .replace(EXTENSION, `${MARK}$1 ; `)
    .replace(SECOND_LINE, ' ; ')
    .split(SEPARATOR)
    .flatMap((part) => [...part.matchAll(NUMBER)])
    .flatMap(([, text = '', extension]) => apart(text).map((one) => ({ text: one, extension })))
}

/** `89221532327 89221532328` are two; what cannot be taken apart into numbers with their area is none. */
function apart(text: string): readonly string[] {
  if (digitsIn(text) <= LONGEST) return [text]
  if (digitsIn(text) > MOST_APART * LONGEST) return []
  const numbers: string[] = []
  let open = ''
  for (const piece of text.split(/\s+/u)) {
    open += piece
    if (digitsIn(open) < SUBSCRIBER_DIGITS) continue
    numbers.push(open)
    open = ''
  }
  return open === '' && numbers.every((number) => digitsIn(number) <= SUBSCRIBER_DIGITS + 1) ? numbers : []
}

function digitsIn(text: string): number {
  return text.replace(/\D/g, '').length
}
