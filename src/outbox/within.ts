/**
 * Waits for `work`, but not for ever: `endMs` after `signal` aborts it is given up. Well-behaved work ends by itself in that time, with a better answer than ours.
 * @throws the signal's reason
 */
export async function within<T>(signal: AbortSignal, endMs: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  let timer: NodeJS.Timeout | undefined
  const giveUp = () => {
    timer = setTimeout(() => reject(signal.reason), endMs)
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
