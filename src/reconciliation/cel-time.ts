import type { CelRow } from './cel-row.ts'

/** Zones differ from UTC by multiples of this. */
const STEP_MS = 15 * 60_000
const HOUR_MS = 3_600_000
/** A row may be stamped a little before the one written before it, never by this much. */
const BACKWARDS_MS = HOUR_MS / 2

/**
 * The instants of the rows, in epoch milliseconds; undefined where the text is no time. Rows carry local time without a zone. A
 * plain uniqueid begins with the epoch second its channel was born in, so every CHAN_START gives the offset that was in force,
 * in the doubled hour too; between two of them time only goes forwards.
 * @param timeZone IANA name that overrides this; which of a doubled hour is meant is still told by the rows
 * @param usual offset in milliseconds for rows of which none gives one, as other rows of that time had it
 */
export function celTimes(rows: readonly CelRow[], timeZone?: string, usual = 0): readonly (number | undefined)[] {
  const locals = rows.map(({ time }) => localMs(time))
  const offsets = rows.map((row, index) => offsetAt(row, locals[index]))
  const later = nextKnown(offsets)
  let current = later[0] ?? (isZoned(rows[0]?.time ?? '') ? 0 : usual)
  let last = Number.NEGATIVE_INFINITY
  return rows.map((row, index) => {
    const local = locals[index]
    if (local === undefined) return undefined
    if (isEpoch(row.time)) return local
    const known = offsets[index]
    const zone = isZoned(row.time) ? undefined : timeZone
    const candidates = zone
      ? zoneOffsets(local, zone)
      : [known ?? current, later[index] ?? current, current - HOUR_MS, current + HOUR_MS]
    const earliest = Math.max(last - BACKWARDS_MS, (birthMs(row.uniqueid) ?? Number.NEGATIVE_INFINITY) - 2000)
    current = (zone ? undefined : known) ?? chooseOffset(local, candidates, current, later[index], earliest)
    last = local - current
    return last
  })
}

/** The offset that was in force at the last row that tells one, in milliseconds east of UTC. */
export function lastOffset(rows: readonly CelRow[]): number | undefined {
  return rows.map((row) => offsetAt(row, localMs(row.time))).findLast((offset) => offset !== undefined)
}

/** The offset in force, unless that would turn time back, or a change that is known to come would let it run on without a jump. */
function chooseOffset(
  local: number,
  candidates: readonly number[],
  current: number,
  later: number | undefined,
  earliest: number,
): number {
  const possible = candidates.filter((offset) => local - offset >= earliest)
  const preferred = [later, current].filter((offset) => offset !== undefined && possible.includes(offset))
  const [first] = preferred.toSorted((a, b) => (b ?? 0) - (a ?? 0))
  if (first !== undefined) return first
  return possible.toSorted((a, b) => b - a)[0] ?? candidates[0] ?? current
}

function offsetAt(row: CelRow, local: number | undefined): number | undefined {
  if (row.type !== 'CHAN_START' || local === undefined || isEpoch(row.time)) return undefined
  const birth = birthMs(row.uniqueid)
  return birth === undefined ? undefined : Math.round((local - birth) / STEP_MS) * STEP_MS
}

/** For each row the first offset known at it or after it, else the last one before it. */
function nextKnown(offsets: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const result: (number | undefined)[] = new Array(offsets.length)
  let next = offsets.findLast((offset) => offset !== undefined)
  for (let index = offsets.length - 1; index >= 0; index -= 1) {
    next = offsets[index] ?? next
    result[index] = next
  }
  return result
}

/** `1795164754.2`, with or without a system name before it. Ids somebody chose tell no time. */
function birthMs(uniqueid: string): number | undefined {
  const match = /^(?:.*-)?(\d{10})\.\d+$/.exec(uniqueid)
  return match ? Number(match[1]) * 1000 : undefined
}

/** Whether the text is a time in any of the forms that tables and exports have. */
export function isCelTime(time: string): boolean {
  return localMs(time) !== undefined
}

/** Seconds, milliseconds or microseconds since 1970. */
const EPOCH = /^(\d{10})(?:\.(\d+)|(\d{3})(?:\d{3})?)?$/
/** `2026-11-20 11:48:52`, `2026-11-20T11:48:52.091+03:00`, `20261120114852`. */
const CLOCK = /^(\d{4})-?(\d\d)-?(\d\d)[ T]?(\d\d):?(\d\d):?(\d\d)(?:[.,](\d+))?\s*(?:(Z|UTC)|([+-])(\d\d):?(\d\d)?)?$/i

function isEpoch(time: string): boolean {
  return EPOCH.test(time)
}

/** It says itself how far from UTC it is, so no zone of the configuration moves it. */
function isZoned(time: string): boolean {
  const [, , , , , , , , utc, sign] = CLOCK.exec(time) ?? []
  return utc !== undefined || sign !== undefined
}

/** The text read as if it were UTC; an epoch number is the instant itself, and so is what tells its own zone. */
function localMs(time: string): number | undefined {
  const epoch = EPOCH.exec(time)
  if (epoch) return Number(epoch[1]) * 1000 + millis(epoch[2] ?? epoch[3])
  const match = CLOCK.exec(time)
  if (!match) return undefined
  const [, year, month, day, hours, minutes, seconds, fraction, , sign, zoneHours = '0', zoneMinutes = '0'] = match
  const whole = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`)
  if (Number.isNaN(whole)) return undefined
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000
  return whole + millis(fraction) - (sign === '-' ? -zone : zone)
}

function millis(fraction = '0'): number {
  return Math.floor(Number(`0.${fraction}`) * 1000)
}

/** Every offset (milliseconds east of UTC) the zone may have had when its clocks showed this; two in the doubled hour. */
export function zoneOffsets(local: number, timeZone: string): readonly number[] {
  const around = [local - 24 * HOUR_MS, local, local + 24 * HOUR_MS].map((instant) => zoneOffset(instant, timeZone))
  const possible = [...new Set(around)].filter((offset) => zoneOffset(local - offset, timeZone) === offset)
  return possible.length > 0 ? possible : around
}

function zoneOffset(instant: number, timeZone: string): number {
  const whole = Math.floor(instant / 1000) * 1000
  return Date.parse(`${formatter(timeZone).format(whole).replace(' ', 'T')}Z`) - whole
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Swedish dates are ISO dates. */
function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  formatters.set(timeZone, made)
  return made
}
