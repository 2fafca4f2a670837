/** After the signal a well-behaved handler ends by itself, with a better answer than ours. */
const MARGIN_MS = 1_000

/** Waits for `work`, but not for ever: some time after `signal` aborts it is given up. @throws the signal's reason */
export async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  let timer: NodeJS.Timeout | undefined
  const giveUp = () => {
    timer = setTimeout(() => reject(signal.reason), MARGIN_MS)
  }
  if (signal.aborted) giveUp()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}
