import type { Phase } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import type { CallTracker } from '../calls/call-tracker.ts'

/** Events still in the socket when a timer fires must be folded first: the clock is told this much late. */
const CLOCK_LAG_MS = 250
/** Clocks are corrected now and then: nobody sleeps so long that a correction is noticed too late. */
const LONGEST_SLEEP_MS = 60_000
/** How far an ending service lets time run ahead: calls that are over but for their settling (two seconds) are told, not lost. */
const SETTLING_MS = 2_500

export interface CallPumpDeps {
  readonly tracker: CallTracker
  /** Asterisk's clock, epoch milliseconds. */
  readonly asteriskNow: () => number
  /** Everything that follows from a phase. Must not throw; what takes time goes on by itself. */
  readonly react: (phase: Phase) => void
  /** An event that could not be folded, or a reaction that failed; the others go on. */
  readonly failed: (error: unknown, event: CallEvent) => void
}

/**
 * Carries events into the interpreter and its phases out, and tells the interpreter the time when that can change something.
 * Disposing it ends the calls that only had to settle.
 */
export interface CallPump extends Disposable {
  take(events: readonly CallEvent[]): void
}

export function createCallPump({ tracker, asteriskNow, react, failed }: CallPumpDeps): CallPump {
  let timer: NodeJS.Timeout | undefined
  let timerFor: number | undefined

  const fold = (event: CallEvent): void => {
    // One bad event must not end the process: the next start would meet it again, and nobody would be routed.
    try {
      for (const phase of tracker.take(event)) react(phase)
    } catch (error) {
      failed(error, event)
    }
  }

  const rewind = (): void => {
    const next = tracker.nextClockAt()
    if (next === timerFor) return
    clearTimeout(timer)
    timerFor = next
    if (next === undefined) return
    timer = setTimeout(tick, Math.min(LONGEST_SLEEP_MS, Math.max(0, next - asteriskNow()) + CLOCK_LAG_MS))
    timer.unref()
  }

  const tick = (): void => {
    timerFor = undefined
    fold({ kind: 'clock', at: asteriskNow() - CLOCK_LAG_MS })
    rewind()
  }

  return {
    take: (events) => {
      for (const event of events) fold(event)
      rewind()
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      if (tracker.nextClockAt() !== undefined) fold({ kind: 'clock', at: asteriskNow() + SETTLING_MS })
    },
  }
}
