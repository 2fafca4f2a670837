import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeAri } from '../../src/asterisk/decode-ari.ts'
import type { Call, Evidence } from '../../src/calls/call.ts'
import type { CallEvent } from '../../src/calls/call-event.ts'
import { decodeCel } from '../../src/reconciliation/decode-cel.ts'
import { permuted } from './generated/permuted.ts'
import { expectValid } from './generated/valid-call.ts'
import { watchedFold } from './generated/watched-fold.ts'
import { readRecording, recordedStories } from './recording.ts'

/** What is true of generated worlds (`src/calls/fold.properties.test.ts`) is true of the real ones. */

const random = fc.sample(fc.nat(997), { numRuns: 5_000, seed: 20261120 })

describe.each(recordedStories())('given the recorded call $name of Asterisk $version', (story) => {
  const { ari, cel } = readRecording(story)
  const live = ari.flatMap(decodeAri)

  test.each<readonly [Evidence, readonly CallEvent[]]>([
    ['live', live],
    ['cel', decodeCel(cel)],
  ])('when %s tells it event by event, then it is valid at every moment and answered for good', (evidence, events) => {
    const answered = new Set<string>()
    const look = (call: Call, now: number) => {
      expectValid(call, now)
      const told = `${call.id} ${call.direction}`
      if (call.answered) answered.add(told)
      else expect(answered).not.toContain(told)
    }
    watchedFold(events, look, evidence)
  })

  test('when events of one instant come in another order, then nothing changes', () => {
    let at = 0
    const other = permuted(live, () => random[at++ % random.length] ?? 0)
    const essence = (events: readonly CallEvent[]) =>
      watchedFold([...events, { kind: 'clock', at: Math.max(...events.map((each) => each.at)) + 10_000 }]).ended
    expect(essence(other)).toEqual(essence(live))
  })
})
