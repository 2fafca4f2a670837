/**
 * Brings something up to date. Resolves when everything is known that stood at `asOf`.
 * @param asOf epoch milliseconds; left out: the moment of asking
 */
export type SharedRun = (signal: AbortSignal, asOf?: number) => Promise<void>

/**
 * Lets many callers share one run of `work` that begins after the moment they ask about: a run under way that began before may have missed what they
 * ask for, so they wait for it and share the next. The signal of whoever asked first for a run is the run's.
 * @param now epoch milliseconds
 */
export function sharedRun(work: (signal: AbortSignal) => Promise<void>, now: () => number): SharedRun {
  let running: { readonly began: number; readonly end: Promise<void> } | undefined
  let next: Promise<void> | undefined
  /** Beginning of the last run that succeeded. */
  let knownAsOf = Number.NEGATIVE_INFINITY

  function begin(signal: AbortSignal): Promise<void> {
    const began = now()
    const end = work(signal)
      .then(() => {
        knownAsOf = began
      })
      .finally(() => {
        if (running?.end === end) running = undefined
      })
    running = { began, end }
    return end
  }

  return (signal, asOf) => {
    // What lies in the future was known by a clock that has been set back since.
    const knows = (began: number) => asOf !== undefined && began >= asOf && began <= now()
    if (knows(knownAsOf)) return Promise.resolve()
    if (running !== undefined && knows(running.began)) return running.end
    if (next !== undefined) return next
    if (running === undefined) return begin(signal)
    next = running.end
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return begin(signal)
      })
    return next
  }
}
