/** Something of the account that seldom changes: read when first needed and again when it is old. */
export interface Remembered<T> {
  /** @param atLeast epoch milliseconds: one read before that is not good enough */
  get(signal: AbortSignal, atLeast?: number): Promise<T>
}

const FRESH_MS = 600_000

/** Those who ask while it is being read share the reading; one that fails is not remembered. */
export function remembered<T>(read: (signal: AbortSignal) => Promise<T>, now: () => number): Remembered<T> {
  let held: { readonly at: number; readonly value: Promise<T> } | undefined
  return {
    get(signal, atLeast = 0) {
      const at = now()
      if (held && at >= held.at && at - held.at < FRESH_MS && held.at >= atLeast) return held.value
      const reading = { at, value: read(signal) }
      held = reading
      reading.value.catch(() => {
        if (held === reading) held = undefined
      })
      return reading.value
    },
  }
}
