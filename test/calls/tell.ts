import { decodeAri } from '../../src/asterisk/decode-ari.ts'
import type { Call, Evidence } from '../../src/calls/call.ts'
import type { CallEvent } from '../../src/calls/call-event.ts'
import { createCallTracker } from '../../src/calls/call-tracker.ts'
import { decodeCel } from '../../src/reconciliation/decode-cel.ts'
import { MOBILE_OF_105 } from './experienced.ts'
import type { CelTableRow } from './recording.ts'

/** The staff of the stories. */
const staff = { internal: /^1\d\d$/, people: [{ extension: '105', mobiles: [MOBILE_OF_105] }] }

export interface Told {
  /** In the order of their ids. */
  readonly calls: readonly Call[]
  /** The kept events of each call, by its id. */
  readonly kept: ReadonlyMap<string, readonly CallEvent[]>
  /** What should be empty: calls that have not ended. */
  readonly live: readonly Call[]
}

export const tellAri = (messages: readonly unknown[]): Told => fold(messages.flatMap(decodeAri), 'live')

export const tellCel = (rows: readonly CelTableRow[]): Told => fold(decodeCel(rows), 'cel')

/** Folds events of one witness, and lets everything settle. */
export function fold(events: readonly CallEvent[], evidence: Evidence): Told {
  const tracker = createCallTracker({ staff, country: 'RU', evidence })
  const calls: Call[] = []
  const kept = new Map<string, readonly CallEvent[]>()
  const take = (event: CallEvent) => {
    for (const phase of tracker.take(event)) {
      if (phase.kind !== 'ended') continue
      calls.push(phase.call)
      kept.set(phase.call.id, tracker.events(phase.call.id))
    }
  }
  for (const event of events) take(event)
  take({ kind: 'clock', at: Math.max(...events.map(({ at }) => at)) + 10_000 })
  return { calls: calls.toSorted((a, b) => (a.id < b.id ? -1 : 1)), kept, live: tracker.live() }
}
