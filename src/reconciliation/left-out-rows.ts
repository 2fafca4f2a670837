/** Rows of CEL that could not be read: each is counted and logged once, however often its group is read again. */
export interface LeftOutRows {
  add(row: unknown, reason: string): void
  count(): number
}

/** Enough for the groups that are read again and again; a row that is forgotten is told once more, no harm in that. */
const REMEMBERED = 1_000
const LOGGED_CHARACTERS = 500

export function createLeftOutRows(log: { warn(fields: object, message: string): void }): LeftOutRows {
  const known = new Set<string>()
  let count = 0
  return {
    add(row, reason) {
      const text = JSON.stringify(row)?.slice(0, LOGGED_CHARACTERS) ?? ''
      if (known.has(text)) return
      if (known.size >= REMEMBERED) known.clear()
      known.add(text)
      count += 1
      log.warn({ reason, row: text }, 'CEL row left out')
    },
    count: () => count,
  }
}
