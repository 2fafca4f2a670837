import { expect } from 'vitest'
import type { Call } from '../../src/calls/call.ts'
import type { Experienced } from './experienced.ts'

export interface Tolerance {
  readonly seconds: number
  /** CEL has none. */
  readonly holds: boolean
  /** CEL with FreePBX's list of applications has no digits. */
  readonly ivr: boolean
}

/** The calls told are those that the people experienced, each with the people, the seconds and the result they would tell. */
export function expectExperienced(
  calls: readonly Call[],
  experienced: readonly Experienced[],
  { seconds, holds, ivr }: Tolerance,
): void {
  expect(calls.map(({ direction, client }) => `${direction} ${client}`).toSorted()).toEqual(
    experienced.map(({ direction, client }) => `${direction} ${client}`).toSorted(),
  )
  for (const wanted of experienced.filter(({ result }) => result !== '')) {
    const call = calls.find(({ direction, client }) => direction === wanted.direction && client === wanted.client)
    if (!call) throw new Error('missing')
    expect({
      line: call.line,
      result: call.result,
      answered: call.answered,
      responsible: call.responsible,
      hangupCause: wanted.hangupCause === undefined ? undefined : call.hangupCause,
      ivr: ivr ? call.ivr : '',
      recordings: call.recordings.length,
      transfers: call.transfers.map(({ kind, from, to }) => ({ kind, from, to })),
      people: call.people.map(({ extension, external, rang }) => `${extension} ${external} ${rang}`).toSorted(),
    }).toEqual({
      line: wanted.line,
      result: wanted.result,
      answered: wanted.result === 'answered',
      responsible: wanted.responsible,
      hangupCause: wanted.hangupCause,
      ivr: ivr ? (wanted.ivr ?? '') : '',
      recordings: wanted.recordings ?? 0,
      transfers: wanted.transfers ?? [],
      people: wanted.people.map(({ extension, external, rang }) => `${extension} ${external} ${rang}`).toSorted(),
    })
    expectNear('waitSeconds', call.waitSeconds, wanted.waitSeconds, seconds)
    expectNear('talkSeconds', call.talkSeconds, wanted.talkSeconds, seconds)
    for (const person of wanted.people) {
      const told = call.people.find(({ extension }) => extension === person.extension)
      if (!told) throw new Error('missing')
      expectNear(`${person.extension} rangSeconds`, told.rangSeconds, person.rangSeconds, seconds)
      expectNear(`${person.extension} talkSeconds`, told.talkSeconds, person.talkSeconds, seconds)
      if (holds) expectNear(`${person.extension} holdSeconds`, told.holdSeconds, person.holdSeconds, seconds)
    }
  }
}

export function expectNear(what: string, told: number, wanted: number | null | undefined, tolerance: number): void {
  if (wanted === null || wanted === undefined) return
  expect(Math.abs(told - wanted), `${what}: ${told} told, ${wanted} experienced`).toBeLessThanOrEqual(tolerance)
}
