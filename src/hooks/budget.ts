/** Time that may be spent in pieces. */
export interface Budget {
  pause(): void
  resume(): void
  end(): void
}

/** Runs at once; `over` is called once, when all of it is spent. */
export function createBudget(ms: number, over: () => void, running = true): Budget {
  let left = ms
  let since: number | undefined
  let timer: NodeJS.Timeout | undefined
  const resume = (): void => {
    if (since !== undefined || left < 0) return
    since = performance.now()
    timer = setTimeout(() => {
      end()
      over()
    }, left)
  }
  const pause = (): void => {
    if (since === undefined) return
    clearTimeout(timer)
    left = Math.max(0, left - (performance.now() - since))
    since = undefined
  }
  const end = (): void => {
    clearTimeout(timer)
    left = -1
    since = undefined
  }
  if (running) resume()
  return { pause, resume, end }
}
