/**
 * Lets many callers share one run of `work` that begins after they asked: a run under way began before and may have missed what they
 * ask for, so they wait for it and share the next. The signal of whoever asked first for a run is the run's.
 */
export function sharedRun(work: (signal: AbortSignal) => Promise<void>): (signal: AbortSignal) => Promise<void> {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  function begin(signal: AbortSignal): Promise<void> {
    const run = work(signal).finally(() => {
      if (running === run) running = undefined
    })
    running = run
    return run
  }

  return (signal) => {
    if (next !== undefined) return next
    if (running === undefined) return begin(signal)
    next = running
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return begin(signal)
      })
    return next
  }
}
