/** Work that goes on until the service ends. */
export interface BackgroundLoops extends AsyncDisposable {
  /** Rejects when a loop ended though nobody asked it to. */
  readonly broken: Promise<never>
}

/** Starts each loop; disposing aborts them all and waits until they have ended. */
export function backgroundLoops(
  loops: Readonly<Record<string, (signal: AbortSignal) => Promise<void>>>,
): BackgroundLoops {
  const ending = new AbortController()
  const { promise: broken, reject } = Promise.withResolvers<never>()
  // Who does not look at it must not be ended by it: the last dispose waits for the loops anyway.
  broken.catch(() => undefined)
  const running = Object.entries(loops).map(async ([name, loop]) => {
    try {
      await loop(ending.signal)
      if (!ending.signal.aborted) reject(new Error(`the loop "${name}" ended by itself`))
    } catch (cause) {
      if (!ending.signal.aborted) reject(new Error(`the loop "${name}" failed`, { cause }))
    }
  })
  return {
    broken,
    [Symbol.asyncDispose]: async () => {
      ending.abort()
      await Promise.all(running)
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
