import type { Call } from '../calls/call.ts'
import type { Settings } from '../store/ports.ts'
import { type CatchUpResult, catchUpTiming, type Gap } from './catch-up.ts'
import { DatabaseError } from './database-error.ts'
import { pause } from './pause.ts'

const SETTING = 'watched-until'
/** A link that was cut without a word is noticed this late (a ping every 15 s, 10 s for its answer), with something to spare. */
const NOTICED_LATE_MS = 30_000

export interface GapKeeperTiming {
  /** How often it is written down that somebody watches. */
  readonly everyMs: number
  /** Between two passes over the same gap. */
  readonly againMs: number
  readonly leaveAloneMs: number
}

export const gapKeeperTiming: GapKeeperTiming = {
  everyMs: 5_000,
  againMs: 30_000,
  leaveAloneMs: catchUpTiming.leaveAloneMs,
}

export interface GapKeeperDeps {
  readonly settings: Settings
  /** One pass; left out: there is no CEL to read, and nothing but the time is kept. */
  readonly catchUp?: (gap: Gap, signal: AbortSignal) => Promise<CatchUpResult>
  /** Hears of each gap that is closed: nothing more will be told of it. A rejection is told to the log. */
  readonly closed?: (gap: Gap) => Promise<void>
  readonly live: () => readonly Call[]
  readonly asteriskNow: () => number
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly timing?: Partial<GapKeeperTiming>
}

export interface GapStatus {
  /** Since when calls may be missing, epoch milliseconds; undefined: none are. */
  readonly missingSince: number | undefined
  /** Why CEL could not tell them. */
  readonly trouble: string | undefined
}

/**
 * Knows up to when every call is told, also over the end of the process, and has the times caught up in which nobody listened.
 */
export interface GapKeeper {
  /** Nobody listens from here on. */
  lost(): void
  /** What is live is known again: the gap has an end. */
  restored(): void
  status(): GapStatus
  /** Ends without an error when `signal` is aborted. */
  run(signal: AbortSignal): Promise<void>
}

/** What is written down. */
interface Watched {
  readonly until: number
  /** Of calls live then. */
  readonly linkedids: readonly string[]
}

export function createGapKeeper(deps: GapKeeperDeps): GapKeeper {
  const { settings, catchUp, closed, live, asteriskNow, log } = deps
  const { everyMs, againMs, leaveAloneMs } = { ...gapKeeperTiming, ...deps.timing }
  let listening = false
  /** Undefined until the store was read. */
  let watched: Watched | undefined
  /** End of the gap that is to be caught up, once it has one. */
  let gapEnd: number | undefined
  /** Where it began, before passes narrowed it. */
  let gapBegan: number | undefined
  let nextPassAt = 0
  let trouble: string | undefined
  let toldBefore = 0

  const save = async (next: Watched): Promise<void> => {
    await settings.set(SETTING, JSON.stringify(next))
    watched = next
  }

  /** Nothing of the gap is left before this instant: the next pass begins there, also after a restart. */
  const narrow = async (gap: Gap, told: number): Promise<void> => {
    const until = Math.min(told, gap.to)
    if (until > gap.from) await save({ until, linkedids: gap.linkedids })
  }

  /** One pass when it is time. True when nothing is missing any more. */
  const closeGap = async (signal: AbortSignal): Promise<boolean> => {
    if (gapEnd === undefined || !watched) return true
    gapBegan ??= watched.until
    if (!catchUp) {
      await closed?.({ from: gapBegan, to: gapEnd, linkedids: watched.linkedids })
      return true
    }
    const began = asteriskNow()
    if (began < nextPassAt) return false
    const gap: Gap = { from: watched.until, to: gapEnd, linkedids: watched.linkedids }
    nextPassAt = began + againMs
    try {
      const result = await catchUp(gap, signal)
      trouble = undefined
      // Rows may still come: the last look is taken when all of the gap is old enough.
      const isLast = began >= gap.to + leaveAloneMs
      const isClosed = isLast && result.left === 0 && gapEnd === gap.to
      if (isClosed || result.told !== toldBefore) {
        log.info({ ...gap, ...result, isClosed }, 'calls of a time in which nobody listened')
      }
      toldBefore = result.told
      if (isClosed) {
        await closed?.({ ...gap, from: gapBegan })
        return true
      }
      // A pass over days must not follow upon the other.
      const pauseMs = Math.max(againMs, 2 * (asteriskNow() - began))
      nextPassAt = isLast ? asteriskNow() + pauseMs : Math.min(asteriskNow() + pauseMs, gap.to + leaveAloneMs)
      if (result.left === 0) await narrow(gap, began - leaveAloneMs)
      return false
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error
      if (trouble === undefined)
        log.warn(
          { ...gap, error: error.message },
          'CEL cannot be read; calls of a time in which nobody listened are missing',
        )
      trouble = error.message
      return false
    }
  }

  const turn = async (signal: AbortSignal): Promise<void> => {
    if (!listening || !(await closeGap(signal)) || !listening) return
    gapEnd = undefined
    gapBegan = undefined
    const linkedids = live().flatMap((call) => call.linkedids)
    await save({ until: asteriskNow() - NOTICED_LATE_MS, linkedids })
  }

  return {
    lost() {
      listening = false
    },
    restored() {
      listening = true
      gapEnd = asteriskNow()
      nextPassAt = 0
      toldBefore = 0
    },
    status: () => ({ missingSince: gapEnd === undefined && listening ? undefined : watched?.until, trouble }),
    async run(signal) {
      while (!signal.aborted) {
        try {
          watched ??= parse(await settings.get(SETTING))
          // The first start of all: what was before is nobody's business, what comes after is.
          if (!watched) await save({ until: asteriskNow(), linkedids: [] })
          await turn(signal)
        } catch (error) {
          if (!signal.aborted)
            log.warn({ error: String(error) }, 'the time up to which calls were watched could not be kept')
        }
        await pause(everyMs, signal)
      }
    },
  }
}

function parse(text: string | undefined): Watched | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('until' in value) || !('linkedids' in value)) return undefined
    const { until, linkedids } = value
    return typeof until === 'number' && Array.isArray(linkedids)
      ? { until, linkedids: linkedids.map(String) }
      : undefined
  } catch {
    return undefined
  }
}
