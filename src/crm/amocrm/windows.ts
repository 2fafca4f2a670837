/** Entities of one list created in a range of time that still have to be read. Unix seconds. */
export interface Window {
  readonly list: number
  readonly from: number
  /** Undefined: without an end. An import may have dated its contacts into the future. */
  to: number | undefined
  /** Those last changed before have been read. */
  since: number
  /** Pages that brought it on since it was cut, followed by others: who has had many has more. */
  pages: number
  /** Somebody reads it. */
  taken: boolean
}

/** amoCRM's first accounts are younger. Contacts dated earlier are read with the first range. */
const EARLIEST = Date.UTC(2010, 0, 1) / 1000

/** A cut costs a request where nothing is left: whoever is as good as read is not halved. */
const PAGES_WORTH_A_CUT = 3

/**
 * A list as windows.
 * @param bounds seconds at which one ends and the next begins, in any order; none: all of it in one
 */
export function windowsOf(list: number, bounds: readonly number[]): readonly Window[] {
  const ends = [...new Set(bounds)].toSorted((a, b) => a - b)
  return [...ends, undefined].map((to, at) => ({
    ...{ list, from: (ends[at - 1] ?? -1) + 1, to },
    ...{ since: 0, pages: 0, taken: false },
  }))
}

/**
 * What somebody without work reads next: a window nobody reads, else half of one that is being read. Undefined: nothing is to be had now.
 * How clients are spread over time nobody knows for sure – imports pile them up in minutes –, so windows are cut where somebody waits, again and again.
 * @param end Unix seconds at which the reading ends
 */
export function takeWindow(windows: Window[], end: number): Window | undefined {
  const waiting = windows.find(({ taken }) => !taken)
  if (waiting) {
    waiting.taken = true
    return waiting
  }
  const [widest] = windows
    .filter((window) => window.pages >= PAGES_WORTH_A_CUT && cut(window, end) !== undefined)
    .toSorted((a, b) => width(b, end) - width(a, end))
  const at = widest && cut(widest, end)
  if (widest === undefined || at === undefined) return undefined
  // What was read of the whole was read of its half.
  const half: Window = { ...widest, from: at + 1, pages: 0, taken: true }
  widest.to = at
  widest.pages = 0
  windows.push(half)
  return half
}

function width(window: Window, end: number): number {
  return (window.to ?? end) - lowest(window, end)
}

/** The last second of the first half; undefined: a single second cannot be halved. */
function cut(window: Window, end: number): number | undefined {
  const [low, high] = [lowest(window, end), window.to ?? end]
  return high > low ? Math.floor((low + high) / 2) : undefined
}

/** Whoever was never changed since creation comes in the order of creation: most of what is left was created after `since`. */
function lowest({ from, to, since }: Window, end: number): number {
  const floor = Math.max(from, Math.min(EARLIEST, to ?? end))
  return since > floor && since < (to ?? end) ? since : floor
}
