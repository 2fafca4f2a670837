/** How much of `2026-11-20T08:52:34.091+0000` changes only once a minute; parsing it once saves most of the work. */
const MINUTE_PREFIX = 'YYYY-MM-DDTHH:MM'.length
const SECONDS_FORM = /^:(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)$/

let lastPrefix = ''
let lastPrefixMs = 0

/** Asterisk's timestamp in epoch milliseconds; undefined when it is none. */
export function decodeTime(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined
  const match = SECONDS_FORM.exec(text.slice(MINUTE_PREFIX))
  if (!match) return undefined
  const prefix = text.slice(0, MINUTE_PREFIX)
  if (prefix !== lastPrefix) {
    const parsed = Date.parse(`${prefix}:00Z`)
    if (Number.isNaN(parsed)) return undefined
    lastPrefix = prefix
    lastPrefixMs = parsed
  }
  const [, seconds = '0', fraction = '', zone = 'Z'] = match
  const millis = Number(fraction.slice(0, 3).padEnd(3, '0'))
  return lastPrefixMs + Number(seconds) * 1000 + millis - zoneMs(zone)
}

function zoneMs(zone: string): number {
  if (zone === 'Z' || zone === '+0000') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}
