/** Work that is due later by the sandbox's clock. */
export interface Schedule {
  /** Runs `job` once `ms` have passed; the returned function calls it off. */
  after(ms: number, job: () => void): () => void
  wait(ms: number): Promise<void>
  /** Runs what is due; tests that own the clock call it after moving it. */
  run(): void
  /** Jobs that are not due yet. */
  pending(): number
  /** When the next of them is due, epoch ms. */
  nextDue(): number | undefined
  close(): void
}

/** With `timers` the machine's own timers wake the schedule; without, only `run` does (a virtual clock). */
export function createSchedule(now: () => number, timers: boolean): Schedule {
  let jobs: { readonly due: number; readonly job: () => void }[] = []
  const waking = new Set<NodeJS.Timeout>()

  function run(): void {
    const at = now()
    if (jobs.length === 0) return
    const due = jobs.filter((entry) => entry.due <= at).sort((a, b) => a.due - b.due)
    jobs = jobs.filter((entry) => entry.due > at)
    for (const entry of due) entry.job()
  }

  function after(ms: number, job: () => void): () => void {
    const entry = { due: now() + ms, job }
    jobs.push(entry)
    const timer = timers ? wakeIn(ms) : undefined
    return () => {
      jobs = jobs.filter((other) => other !== entry)
      if (timer === undefined) return
      clearTimeout(timer)
      waking.delete(timer)
    }
  }

  function wakeIn(ms: number): NodeJS.Timeout {
    // One millisecond more: a timer may fire a fraction before the wall clock shows the time.
    const timer = setTimeout(() => {
      waking.delete(timer)
      run()
    }, ms + 1)
    waking.add(timer)
    return timer
  }

  return {
    after,
    wait: (ms) =>
      new Promise((resolve) => {
        after(ms, resolve)
      }),
    run,
    pending: () => jobs.length,
    nextDue: () => (jobs.length === 0 ? undefined : jobs.reduce((least, { due }) => Math.min(least, due), Infinity)),
    close() {
      for (const timer of waking) clearTimeout(timer)
      jobs = []
    },
  }
}
