/** Work that is due later by the sandbox's clock. */
export interface Schedule {
  /** Runs `job` once `ms` have passed. */
  after(ms: number, job: () => void): void
  wait(ms: number): Promise<void>
  /** Runs what is due; tests that own the clock call it after moving it. */
  run(): void
  /** Jobs that are not due yet. */
  pending(): number
  close(): void
}

/** With `timers` the machine's own timers wake the schedule; without, only `run` does (a virtual clock). */
export function createSchedule(now: () => number, timers: boolean): Schedule {
  let jobs: { readonly due: number; readonly job: () => void }[] = []
  const waking = new Set<NodeJS.Timeout>()

  function run(): void {
    const at = now()
    const due = jobs.filter((entry) => entry.due <= at).sort((a, b) => a.due - b.due)
    jobs = jobs.filter((entry) => entry.due > at)
    for (const entry of due) entry.job()
  }

  function after(ms: number, job: () => void): void {
    jobs.push({ due: now() + ms, job })
    if (!timers) return
    // One millisecond more: a timer may fire a fraction before the wall clock shows the time.
    const timer = setTimeout(() => {
      waking.delete(timer)
      run()
    }, ms + 1)
    waking.add(timer)
  }

  return {
    after,
    wait: (ms) => new Promise((resolve) => after(ms, resolve)),
    run,
    pending: () => jobs.length,
    close() {
      for (const timer of waking) clearTimeout(timer)
      jobs = []
    },
  }
}
