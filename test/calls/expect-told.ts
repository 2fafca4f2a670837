import { expect } from 'vitest'
import type { Call } from '../../src/calls/call.ts'
import { expectExperienced, expectNear } from './expect-experienced.ts'
import type { Experienced } from './experienced.ts'
import { asFreePbxHasIt } from './freepbx-cel.ts'
import type { Recording } from './recording.ts'
import { type Told, tellAri, tellCel } from './tell.ts'

/** The script's own moments are some tenths off: a command to a phone, a digit on its way. */
const SCRIPT_SECONDS = 0.5
/** Whole seconds at both ends of a stretch. */
const WHOLE_SECONDS = 1.3

/**
 * Both witnesses tell what the people experienced, and they tell the same. CEL with fractions is asked twice: as it is, and as
 * FreePBX's table and list of applications would have kept it.
 */
export function expectTold({ experienced, ari, cel }: Recording, { wholeSeconds }: { readonly wholeSeconds: boolean }) {
  const live = tellAri(ari)
  expectExperienced(live.calls, experienced, { seconds: SCRIPT_SECONDS, holds: true, ivr: true })
  expect(live.live, 'calls that ARI leaves open').toEqual([])
  if (!wholeSeconds) {
    const told = tellCel(cel)
    expectExperienced(told.calls, experienced, { seconds: SCRIPT_SECONDS, holds: false, ivr: true })
    expectSame(live, told, experienced, 0)
  }
  const told = tellCel(asFreePbxHasIt(cel))
  expectExperienced(told.calls, experienced, { seconds: WHOLE_SECONDS, holds: false, ivr: false })
  expectSame(live, told, experienced, 1)
}

/** Same calls, people and results; seconds within `perInterval` for each stretch they add up from, and within 0.3 of the clock's own blur. */
export function expectSame(live: Told, told: Told, experienced: readonly Experienced[], perInterval: number): void {
  expect(told.live, 'calls that CEL leaves open').toEqual([])
  expect(told.calls.map(essence)).toEqual(live.calls.map(essence))
  for (const [index, call] of live.calls.entries()) {
    const other = told.calls[index]
    if (!other) throw new Error('missing')
    const wanted = experienced.find(({ direction, client }) => direction === call.direction && client === call.client)
    const intervals = Math.max(
      1,
      wanted?.intervals ?? wanted?.people.filter((person) => person.talkSeconds !== 0).length ?? 1,
    )
    const tolerance = Math.max(0.3, perInterval * intervals + 0.01)
    const one = Math.max(0.3, perInterval + 0.01)
    expectNear('waitSeconds', other.waitSeconds, call.waitSeconds, one)
    expectNear('talkSeconds', other.talkSeconds, call.talkSeconds, tolerance)
    for (const person of call.people) {
      const twin = other.people.find(({ extension }) => extension === person.extension)
      expectNear(`${person.extension} rangSeconds`, twin?.rangSeconds ?? Number.NaN, person.rangSeconds, tolerance)
      expectNear(`${person.extension} talkSeconds`, twin?.talkSeconds ?? Number.NaN, person.talkSeconds, tolerance)
    }
  }
}

/** What must be the same whichever witness tells it, and however often. */
export function essence(call: Call): unknown {
  const { id, direction, client, line, answered, result, responsible, hangupCause } = call
  return {
    ...{ id, direction, client, line, answered, result, responsible, hangupCause },
    linkedids: call.linkedids.toSorted(),
    people: call.people.map(({ extension, external, rang }) => `${extension} ${external} ${rang}`).toSorted(),
    transfers: call.transfers.map(({ kind, from, to }) => `${kind} ${from} ${to}`),
  }
}
