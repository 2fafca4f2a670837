/** Resolves after `ms` milliseconds, or at once when `signal` is aborted; whoever waits looks at it. Keeps no process alive. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const wake = () => resolve()
  const timer = setTimeout(wake, ms)
  timer.unref()
  signal.addEventListener('abort', wake)
  await promise
  clearTimeout(timer)
  // A loop that pauses for ever must not leave a listener behind each time.
  signal.removeEventListener('abort', wake)
}
