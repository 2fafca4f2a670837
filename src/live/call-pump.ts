import type { Phase } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import type { CallTracker } from '../calls/call-tracker.ts'

/** Events still in the socket when a timer fires must be folded first: the clock is told this much late. */
const CLOCK_LAG_MS = 250

export interface CallPumpDeps {
  readonly tracker: CallTracker
  /** Asterisk's clock, epoch milliseconds. */
  readonly asteriskNow: () => number
  /** Everything that follows from a phase. Must not throw; what takes time goes on by itself. */
  readonly react: (phase: Phase) => void
}

/** Carries events into the interpreter and its phases out, and tells the interpreter the time when that can change something. */
export interface CallPump extends Disposable {
  take(events: readonly CallEvent[]): void
}

export function createCallPump({ tracker, asteriskNow, react }: CallPumpDeps): CallPump {
  let timer: NodeJS.Timeout | undefined
  let timerFor: number | undefined

  const fold = (event: CallEvent): void => {
    for (const phase of tracker.take(event)) react(phase)
  }

  const rewind = (): void => {
    const next = tracker.nextClockAt()
    if (next === timerFor) return
    clearTimeout(timer)
    timerFor = next
    if (next === undefined) return
    timer = setTimeout(tick, Math.max(0, next - asteriskNow()) + CLOCK_LAG_MS)
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
    [Symbol.dispose]: () => clearTimeout(timer),
  }
}
