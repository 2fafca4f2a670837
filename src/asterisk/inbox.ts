/** Carries values from callbacks to one reader, in order and in batches. */
export interface Inbox<T> {
  /** Ignored once the inbox has ended. */
  put(value: T): void
  /** The first reason counts; what was put before is still read. */
  end(reason: Error): void
  /** Everything put since the last read, as soon as there is something. @throws the reason, when the inbox has ended and is empty. */
  read(): Promise<readonly T[]>
}

/** @param most values that may wait; one more empties the inbox and calls `overrun`, since memory is not endless and readers can be slow. */
export function createInbox<T>(most = Number.POSITIVE_INFINITY, overrun: () => void = () => undefined): Inbox<T> {
  let values: T[] = []
  let ended: Error | undefined
  let wake: (() => void) | undefined

  return {
    put(value) {
      if (ended) return
      values.push(value)
      if (values.length > most) {
        values = []
        overrun()
      }
      wake?.()
    },
    end(reason) {
      ended ??= reason
      wake?.()
    },
    async read() {
      while (values.length === 0) {
        if (ended) throw ended
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const batch = values
      values = []
      return batch
    },
  }
}
