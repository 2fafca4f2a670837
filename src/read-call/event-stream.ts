import { pause } from '../reconciliation/pause.ts'
import { workAnswer } from './answer.ts'
import type { Work } from './work.ts'

/** Quicker than that nobody can read. */
const TELL_EVERY_MS = 250
/** A proxy takes a silent connection for a dead one after a minute. */
const STILL_HERE_MS = 15_000

/**
 * The progress of a job as server-sent events: `progress` whenever it changes, four times a second at most, and `end` at its end. Each has the whole
 * state as data, so that none is missed by who comes late.
 */
export async function* progressEvents(work: Work, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  let told = ''
  let toldAt = 0
  let isOver = false
  void work.over.then(() => {
    isOver = true
  })
  while (!signal.aborted) {
    const over = isOver
    const state = JSON.stringify(workAnswer(work))
    if (over) {
      yield event('end', state)
      return
    }
    if (state !== told) {
      yield event('progress', state)
      told = state
      toldAt = performance.now()
    } else if (performance.now() - toldAt > STILL_HERE_MS) {
      yield ': still here\n\n'
      toldAt = performance.now()
    }
    await Promise.race([pause(TELL_EVERY_MS, signal), work.over])
  }
}

export function event(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`
}
