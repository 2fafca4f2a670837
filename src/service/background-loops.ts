/** Work that goes on until the service ends. */
export interface BackgroundLoops extends AsyncDisposable {
  /** Rejects when a loop ended though nobody asked it to. */
  readonly broken: Promise<never>
}

/** Ending takes this long when the CRM lets requests hang; longer than a moment is worth a line in the log. */
const SLOW_MS = 3_000

/**
 * Starts each loop; disposing aborts them all and waits until they have ended.
 * @param slow told the names of those that have not ended after three seconds
 */
export function backgroundLoops(
  loops: Readonly<Record<string, (signal: AbortSignal) => Promise<void>>>,
  slow: (names: readonly string[]) => void = () => undefined,
): BackgroundLoops {
  const ending = new AbortController()
  const { promise: broken, reject } = Promise.withResolvers<never>()
  // Who does not look at it must not be ended by it: the last dispose waits for the loops anyway.
  broken.catch(() => undefined)
  const live = new Set(Object.keys(loops))
  const running = Object.entries(loops).map(async ([name, loop]) => {
    try {
      await loop(ending.signal)
      if (!ending.signal.aborted) reject(new Error(`the loop "${name}" ended by itself`))
    } catch (cause) {
      if (!ending.signal.aborted) reject(new Error(`the loop "${name}" failed`, { cause }))
    } finally {
      live.delete(name)
    }
  })
  return {
    broken,
    [Symbol.asyncDispose]: async () => {
      ending.abort()
      const late = setTimeout(() => slow([...live]), SLOW_MS)
      await Promise.all(running)
      clearTimeout(late)
    },
  }
}

/** A loop with nothing to do. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}
