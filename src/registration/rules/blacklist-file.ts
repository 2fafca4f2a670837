import { phoneKey } from '../../numbers/phone-number.ts'

/** `/blacklist/89221532327 : 1`, as `asterisk -rx 'database show blacklist'` prints it. */
const ASTDB_LINE = /^\/?(?:.*\/)?([^/:\s]+)\s*:/

/**
 * The numbers in a list: one a line, or the print of Asterisk's database. Empty lines, comments (`#`, `;`) and what is no number are left out.
 * @returns phone keys
 */
export function numbersInFile(text: string): ReadonlySet<string> {
  const numbers = text.split(/\r?\n/).flatMap((line) => {
    const bare = line.trim()
    if (bare === '' || bare.startsWith('#') || bare.startsWith(';')) return []
    const number = ASTDB_LINE.exec(bare)?.[1] ?? bare
    return /[a-z]/i.test(number) ? [] : (phoneKey(number) ?? [])
  })
  return new Set(numbers)
}
