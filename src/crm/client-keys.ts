import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'

/** What people write behind a number: «доб. 12», «вн.12», `ext 12`, `x12`, `#12`; it belongs to the switchboard, not to the number. */
const EXTENSION = /(?:доб|вн|ext|x|#)[\s.:]*\d+/giu
/** `222-33-44/45`: a second line that differs in its last digits; a slash before more digits belongs to the number. */
const SECOND_LINE = /\/\s*\d{1,4}(?!\d)/gu
/** Several numbers in one field. */
const SEPARATOR = /[,;\n]|\s(?:и|или|and|or)\s/u
/** A number as people type it, wherever it stands in the text. */
const NUMBER = /\+?\(?\d[\d\s().\-/\u00a0]*\d/gu

/**
 * The phone keys of a client's phone fields, whatever was typed into them: any spelling, several numbers in one field, extensions,
 * words around. What is no phone number gives no key.
 */
export function clientKeys(phones: readonly string[], country: string): readonly string[] {
  const numbers = phones
    .flatMap((text) => text.replace(EXTENSION, ' ; ').replace(SECOND_LINE, ' ; ').split(SEPARATOR))
    .flatMap((part) => part.match(NUMBER) ?? [])
  return [...new Set(numbers.flatMap((number) => phoneKey(normalisePhone(number, country)) ?? []))]
}
