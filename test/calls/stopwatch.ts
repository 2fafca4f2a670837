export const now = () => performance.now()

/** Seconds since `start`, with one decimal. */
export const since = (start: number) => Math.round((now() - start) / 100) / 10
