/** What people and PBXs write between the digits of a number. */
const BETWEEN = '[\\s().\\-\\u00a0/]{0,3}'
/** Country code and what opens it: `8`, `+7`, `00375`. */
const BEFORE = '(?<!\\d)\\d{0,5}'
/** Asterisk's ids of channels begin with ten digits that are a time. */
const CHANNEL_ID = /(?<!\d)\d{10}\.\d+/g

/**
 * Whether a piece of JSON names one of these numbers in any of its texts, however it is written there. JSON numbers are times and ids, never phone
 * numbers.
 * @param keys phone keys
 */
export function mentionsOf(keys: readonly string[]): (json: string) => boolean {
  const written = new RegExp(keys.map(pattern).join('|'))
  const inTexts = (value: unknown): boolean => {
    if (typeof value === 'string') return written.test(value.replaceAll(CHANNEL_ID, ''))
    if (typeof value !== 'object' || value === null) return false
    return Object.entries(value).some(([name, inner]) => inTexts(name) || inTexts(inner))
  }
  return (json) => keys.length > 0 && written.test(json) && inTexts(JSON.parse(json))
}

function pattern(key: string): string {
  const before = key.length === 10 ? BEFORE + BETWEEN : '(?<!\\d)'
  return `${before}${[...key].join(BETWEEN)}(?!\\d)`
}
