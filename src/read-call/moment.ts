import { zoneOffsets } from '../reconciliation/cel-time.ts'

/** What a text means in time: a day, a minute, a second or a single instant. Epoch milliseconds, both ends included. */
export interface Moment {
  readonly from: number
  readonly to: number
}

/** The forms, for whoever has to be told. */
export const MOMENT_FORMS =
  '"2026-11-20 14:05:00" (the PBX\'s time), "2026-11-20" (a whole day), "2026-11-20T14:05:00+03:00", or Unix time (1795164754, also in milliseconds)'

/** Ten digits are seconds from 2001 to 2286, thirteen are milliseconds of the same years. */
const UNIX_SECONDS = /^(\d{10})(\.\d{1,6})?$/
const UNIX_MILLIS = /^\d{13}$/
/** The sign of a zone is lost where an address is not escaped. */
const CLOCK =
  /^(?<day>\d{4}-\d\d-\d\d)(?:[ T](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?<fraction>\.\d{1,6})?)?(?<zone> ?(?:Z|[+\- ]\d\d:?\d\d))?)?$/i

/**
 * Reads a date as scripts write it.
 * @param timeZone IANA name of the zone for texts that tell none; where its clocks show a time twice, both are meant
 * @returns undefined when it is no date
 */
export function momentOf(text: string, timeZone: string): Moment | undefined {
  const seconds = UNIX_SECONDS.exec(text)
  if (seconds) {
    const from = Math.floor(Number(text) * 1000)
    return { from, to: seconds[2] === undefined ? from + 999 : from }
  }
  if (UNIX_MILLIS.test(text)) return { from: Number(text), to: Number(text) }
  const { day, hour, minute, second, fraction, zone } = CLOCK.exec(text)?.groups ?? {}
  if (day === undefined) return undefined
  const from = localMs(`${day}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}`)
  if (from === undefined) return undefined
  const millis = Math.floor(Number(fraction ?? 0) * 1000)
  const unit = hour === undefined ? DAY_MS : second === undefined ? MINUTE_MS : fraction === undefined ? SECOND_MS : 1
  const [first, last] = [from + millis, from + millis + unit - 1]
  if (zone !== undefined) return { from: first - offsetOf(zone), to: last - offsetOf(zone) }
  return {
    from: first - Math.max(...zoneOffsets(first, timeZone)),
    to: last - Math.min(...zoneOffsets(last, timeZone)),
  }
}

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** The text read as if it were UTC; undefined for the 31st of February. */
function localMs(text: string): number | undefined {
  const at = Date.parse(`${text}Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? at : undefined
}

/** Milliseconds east of UTC. */
function offsetOf(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /([+\- ])(\d\d):?(\d\d)$/.exec(zone) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS
  return sign === '-' ? -offset : offset
}
