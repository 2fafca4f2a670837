/** A sleep that can be cut short. A wake-up is only a hint: nothing is lost when it is. */
export interface Alarm {
  wake(): void
  /** Resolves after `ms`, at a wake-up (also one that came since the last sleep), or when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export function createAlarm(): Alarm {
  let rung = false
  let ring = () => {}
  return {
    wake() {
      rung = true
      ring()
    },
    async sleep(ms, signal) {
      if (!rung && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const timer = setTimeout(resolve, ms)
        const stop = () => resolve()
        signal.addEventListener('abort', stop, { once: true })
        ring = resolve
        await promise
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
      }
      rung = false
    },
  }
}
