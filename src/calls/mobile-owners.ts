import { phoneKey } from '../numbers/phone-number.ts'
import type { StaffDirectory } from './staff.ts'

/** As many digits as a phone key has. */
const KEY_DIGITS = 10

/** Whose outside number one is. */
export interface MobileOwners {
  /** The person's extension; for a number of the house that belongs to nobody the number itself; undefined for everybody else's. */
  ownerOf(number: string): string | undefined
}

/** Numbers and patterns match as a whole, by their last ten digits. A number given in full counts before a pattern, and a person's before the house's. */
export function mobileOwners({ people, mobiles = [] }: StaffDirectory): MobileOwners {
  const numbers = new Map<string, string | undefined>()
  const patterns: { readonly pattern: RegExp; readonly extension: string | undefined }[] = []
  const add = (mobile: string, extension: string | undefined): void => {
    if (/X/i.test(mobile)) patterns.push({ pattern: patternOf(mobile), extension })
    else if (!numbers.has(keyOf(mobile)) || extension !== undefined) numbers.set(keyOf(mobile), extension)
  }
  for (const { extension, mobiles: own } of people) for (const mobile of own) add(mobile, extension)
  for (const mobile of mobiles) if (!numbers.has(keyOf(mobile))) add(mobile, undefined)

  return {
    ownerOf(number) {
      const key = keyOf(number)
      if (numbers.has(key)) return numbers.get(key) ?? number
      const found = patterns.find(({ pattern }) => pattern.test(key))
      return found && (found.extension ?? number)
    },
  }
}

function keyOf(number: string): string {
  return phoneKey(number) ?? number
}

function patternOf(mobile: string): RegExp {
  const digits = mobile
    .toUpperCase()
    .replaceAll(/[^\dX]/g, '')
    .slice(-KEY_DIGITS)
  return new RegExp(`^${digits.replaceAll('X', '\\d')}$`)
}
