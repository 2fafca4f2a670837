import { z } from 'zod'

/** How many calls may be started from the CRM on one day. */
export interface Caps {
  readonly perPerson: number
  readonly total: number
}

const Tally = z.object({
  day: z.string(),
  total: z.int().nonnegative(),
  byPerson: z.record(z.string(), z.int().nonnegative()),
  recent: z.array(z.string()).default([]),
  before: z.array(z.string()).default([]),
})
/** The calls of one day so far: how many, and the ids of them (`recent`) and of the day before, so that none is made again after a restart. */
export type Tally = Readonly<z.infer<typeof Tally>>

/** Ids kept of one day; the file of a day stays below 300 kB. */
const MOST_IDS = 10_000
const nothing = { total: 0, byPerson: {}, recent: [], before: [] }

/** The tally of `day` from what was stored; another day's, or one that cannot be read, counts nothing (a day's ids count for the next as well). */
export function tallyOf(stored: string | undefined, day: string): Tally {
  const parsed = Tally.safeParse(stored === undefined ? undefined : json(stored))
  if (!parsed.success) return { day, ...nothing }
  return onDay(parsed.data, day)
}

/** The same tally, begun anew when the day has changed. */
export function onDay(tally: Tally, day: string): Tally {
  return tally.day === day ? tally : { day, ...nothing, before: tally.recent }
}

/** Which cap one more call of this person would break. */
export function brokenCap(tally: Tally, extension: string, caps: Caps): 'daily-cap' | 'daily-cap-of-all' | undefined {
  if ((tally.byPerson[extension] ?? 0) >= caps.perPerson) return 'daily-cap'
  return tally.total >= caps.total ? 'daily-cap-of-all' : undefined
}

/** Whether this very call was made on this day or the day before: for 24 hours at least, of 10 000 calls a day. */
export function madeLately(tally: Tally, call: string): boolean {
  return tally.recent.includes(call) || tally.before.includes(call)
}

/** One call more. */
export function counted(tally: Tally, extension: string, call: string): Tally {
  return { ...changed(tally, extension, 1), recent: [...tally.recent, call].slice(-MOST_IDS) }
}

/** A call that Asterisk never began is taken back: it may be tried again. */
export function uncounted(tally: Tally, extension: string, call: string): Tally {
  const without = (ids: readonly string[]) => ids.filter((one) => one !== call)
  return { ...changed(tally, extension, -1), recent: without(tally.recent), before: without(tally.before) }
}

/** The calendar day of an instant, where this machine stands. @param at epoch milliseconds. */
export function dayOf(at: number): string {
  const date = new Date(at)
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
  return parts.map((part) => String(part).padStart(2, '0')).join('-')
}

function changed(tally: Tally, extension: string, by: 1 | -1): Tally {
  const own = Math.max(0, (tally.byPerson[extension] ?? 0) + by)
  return { ...tally, total: Math.max(0, tally.total + by), byPerson: { ...tally.byPerson, [extension]: own } }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
