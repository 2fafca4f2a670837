import { type Click, type ClickState, goesOn } from './click.ts'

/** Clicks of the last while, and which of them occupies whose phone. */
export interface ClickBook {
  begin(click: Click): void
  find(call: string): Click | undefined
  /** The click that occupies a person's phone. */
  running(extension: string): Click | undefined
  /** The click a call of the interpreter belongs to. */
  ofCall(ids: readonly string[]): Click | undefined
  /** Takes the click further. undefined when that would lead it backwards. */
  advance(call: string, state: ClickState, why?: Pick<Click, 'reason' | 'cause'>): Click | undefined
  /** All channels there are after a time without events: a running click without one has ended, unless it is heard of again. */
  compare(there: ReadonlySet<string>): void
  /** Its channel lives. */
  seen(call: string): void
  /** The person's phone is free again. */
  release(call: string): void
  /** The click was never carried out. */
  forget(call: string): void
}

/** Long enough to be asked about; a browser that asks later asks the journal's page. */
const MOST_KEPT = 1_000
/** No conversation lasts longer; a click whose end was never heard must not lock a phone for ever. */
const LONGEST_RUN_MS = 4 * 60 * 60 * 1000

/** A click younger than this may be newer than the list its channel is missing from: five seconds for a command, as much for its events. */
const HEARD_OF_WITHIN_MS = 10_000

/** @param now epoch milliseconds. */
export function createClickBook(now: () => number): ClickBook {
  const clicks = new Map<string, Click>()
  const running = new Map<string, string>()
  /** Running, and without a channel when all were listed. */
  const missing = new Set<string>()

  const release = (call: string): void => {
    const extension = clicks.get(call)?.extension
    if (extension !== undefined && running.get(extension) === call) running.delete(extension)
    missing.delete(call)
  }

  const forget = (call: string): void => {
    release(call)
    clicks.delete(call)
  }

  return {
    begin: (click) => {
      clicks.set(click.call, click)
      running.set(click.extension, click.call)
      const [oldest] = clicks.keys()
      if (clicks.size > MOST_KEPT && oldest !== undefined) forget(oldest)
    },
    find: (call) => clicks.get(call),
    running: (extension) => {
      const click = clicks.get(running.get(extension) ?? '')
      if (!click) return undefined
      const longest = missing.has(click.call) ? HEARD_OF_WITHIN_MS : LONGEST_RUN_MS
      return now() - click.startedAt < longest ? click : undefined
    },
    ofCall: (ids) => {
      for (const id of ids) {
        const click = clicks.get(id)
        if (click) return click
      }
      return undefined
    },
    advance: (call, state, why = {}) => {
      const click = clicks.get(call)
      if (!click || !goesOn(click.state, state)) return undefined
      const further = { ...click, ...why, state }
      clicks.set(call, further)
      return further
    },
    compare: (there) => {
      for (const call of running.values()) if (!there.has(call)) missing.add(call)
    },
    seen: (call) => void missing.delete(call),
    release,
    forget,
  }
}
