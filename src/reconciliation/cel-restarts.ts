import type { CelRow } from './cel-row.ts'

/** Two channels born at the same time may be written in either order. */
const SAME_TIME_SECONDS = 1

/**
 * The rows before which Asterisk was started anew, by their place. A plain uniqueid is the second of birth and a counter that begins
 * with the process: one that is younger and counts less is another process's. No channel of the former one has a row after that (a
 * table that two Asterisks share without system names looks different).
 * @param rows in order
 */
export function celRestarts(rows: readonly CelRow[]): ReadonlySet<number> {
  const lastRow = new Map(rows.map(({ uniqueid }, index) => [uniqueid, index]))
  const found = new Set<number>()
  let newest: Birth | undefined
  let spokenFor = -1
  for (const [index, row] of rows.entries()) {
    const birth = row.type === 'CHAN_START' ? birthOf(row.uniqueid) : undefined
    if (birth && newest && isOfAnotherProcess(birth, newest) && spokenFor < index) found.add(index)
    if (birth && (!newest || birth.second >= newest.second)) newest = birth
    spokenFor = Math.max(spokenFor, lastRow.get(row.uniqueid) ?? index)
  }
  return found
}

interface Birth {
  readonly second: number
  readonly counter: number
}

function birthOf(uniqueid: string): Birth | undefined {
  const match = /^(?:.*-)?(\d{10})\.(\d+)$/.exec(uniqueid)
  return match ? { second: Number(match[1]), counter: Number(match[2]) } : undefined
}

function isOfAnotherProcess(birth: Birth, before: Birth): boolean {
  return birth.second > before.second + SAME_TIME_SECONDS && birth.counter < before.counter
}
