export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
export type Weekday = (typeof weekdays)[number]

/** When people may be rung. */
export interface OpeningHours {
  /** IANA zone; left out: the machine's own. */
  readonly timeZone?: string | undefined
  /** Spans a day, `09:00-18:00`. One that ends before it begins runs into the next day; a day without spans is closed. */
  readonly week: Readonly<Record<Weekday, readonly string[]>>
  /** Closed days, `2027-01-04`, or every year `01-01`. */
  readonly holidays: readonly string[]
}

const DAY_MS = 86_400_000

/**
 * @param hours undefined is always open
 * @returns whether people may be rung at an instant (epoch milliseconds), by the wall clock of the zone: daylight saving is the zone's affair
 */
export function openingHours(hours: OpeningHours | undefined): (at: number) => boolean {
  if (!hours) return () => true
  const clock = wallClock(hours.timeZone)
  const spansOf = ({ date, weekday }: Pick<WallTime, 'date' | 'weekday'>) =>
    hours.holidays.some((day) => date === day || date.slice(5) === day) ? [] : hours.week[weekday].map(spanOf)
  return (at) => {
    const now = clock(at)
    const today = spansOf(now).some(({ from, to }) => now.minute >= from && (to <= from || now.minute < to))
    return today || spansOf(dayBefore(now)).some(({ from, to }) => to <= from && now.minute < to)
  }
}

interface WallTime {
  /** `2026-11-20`. */
  readonly date: string
  readonly weekday: Weekday
  /** Of the day. */
  readonly minute: number
}

function wallClock(timeZone: string | undefined): (at: number) => WallTime {
  const format = new Intl.DateTimeFormat('en-US', {
    ...(timeZone !== undefined && { timeZone }),
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
    const date = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`
    return { date, weekday: weekdayOf(date), minute: 60 * Number(parts.get('hour')) + Number(parts.get('minute')) }
  }
}

/** A calendar day has no zone: UTC counts days as well as any. */
function dayBefore({ date }: WallTime): Pick<WallTime, 'date' | 'weekday'> {
  const before = new Date(Date.parse(date) - DAY_MS).toISOString().slice(0, 10)
  return { date: before, weekday: weekdayOf(before) }
}

function weekdayOf(date: string): Weekday {
  return weekdays[new Date(date).getUTCDay()] ?? 'sun'
}

function spanOf(text: string): { readonly from: number; readonly to: number } {
  const [from = 0, to = 0] = text.split('-').map((time) => {
    const [hour, minute] = time.split(':').map(Number)
    return 60 * (hour ?? 0) + (minute ?? 0)
  })
  return { from, to }
}
