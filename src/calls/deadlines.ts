/** Things to look at again at given times: a binary heap, so that neither adding nor taking grows with their number. */
export interface Deadlines<T> {
  add(at: number, item: T): void
  /** The earliest time, or undefined. */
  next(): number | undefined
  /** Removes and returns the earliest item whose time is not after `at`. */
  take(at: number): T | undefined
}

export function createDeadlines<T>(): Deadlines<T> {
  const heap: { readonly at: number; readonly item: T }[] = []

  function swap(i: number, j: number): void {
    const [a, b] = [heap[i], heap[j]]
    if (a && b) [heap[i], heap[j]] = [b, a]
  }

  function earlier(i: number, j: number): boolean {
    const [a, b] = [heap[i], heap[j]]
    return a !== undefined && b !== undefined && a.at < b.at
  }

  function sink(): void {
    let i = 0
    for (;;) {
      const left = 2 * i + 1
      const least = earlier(left + 1, left) ? left + 1 : left
      if (!earlier(least, i)) return
      swap(least, i)
      i = least
    }
  }

  return {
    add(at, item) {
      let i = heap.push({ at, item }) - 1
      while (i > 0) {
        const parent = (i - 1) >> 1
        if (!earlier(i, parent)) return
        swap(i, parent)
        i = parent
      }
    },
    next: () => heap[0]?.at,
    take(at) {
      const first = heap[0]
      if (!first || first.at > at) return undefined
      swap(0, heap.length - 1)
      heap.pop()
      sink()
      return first.item
    },
  }
}
