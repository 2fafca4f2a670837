import { expect } from 'vitest'
import type { Call } from '../../../src/calls/call.ts'

/** Every figure is told with one decimal. */
const ROUNDING = 0.1 + 1e-9
const RESULTS = {
  in: ['answered', 'voicemail', 'abandoned', 'missed'],
  out: ['answered', 'voicemail', 'busy', 'failed', 'no-answer'],
  internal: ['answered', 'voicemail', 'busy', 'failed', 'no-answer'],
} as const

/** What must be true of every call at every moment of its life. @param now epoch milliseconds of the moment */
export function expectValid(call: Call, now: number): void {
  const wrong = [...faults(call, now)]
  expect(wrong, `${JSON.stringify(call)} at ${now}`).toEqual([])
}

function* faults(call: Call, now: number): Generator<string> {
  const life = Math.max(0, (call.endedAt ?? now) - call.startedAt) / 1000
  const { talkSeconds, waitSeconds, people, endedAt, result } = call
  const figures = { talkSeconds, waitSeconds, startedAt: call.startedAt, endedAt: endedAt ?? 0 }
  for (const [name, value] of Object.entries(figures))
    if (!(Number.isFinite(value) && value >= 0)) yield `${name} ${value}`
  if (talkSeconds > life + ROUNDING) yield 'talks longer than it lives'
  if (waitSeconds > life + ROUNDING) yield 'waits longer than it lives'
  if (waitSeconds + talkSeconds > life + 2 * ROUNDING) yield 'waits and talks longer than it lives'
  if (endedAt !== undefined && endedAt < call.startedAt) yield 'ends before it begins'
  if ((endedAt === undefined) !== (result === undefined)) yield 'result without end, or end without result'
  if (result !== undefined && !(RESULTS[call.direction] as readonly string[]).includes(result))
    yield `${call.direction} ends ${result}`
  if (result !== undefined && call.answered !== (result === 'answered')) yield 'answered and result differ'
  if (!call.answered && (talkSeconds > 0 || call.responsible !== '')) yield 'talk without an answer'
  if (call.direction === 'internal' && (call.client !== '' || call.line !== ''))
    yield 'internal with a client or a line'
  if (call.clientSince !== undefined && call.direction === 'internal') yield 'internal, with a client since'
  if (call.linkedids[0] !== call.id.replace(/#\d+$/, '')) yield 'its own linkedid is not the first'
  if (new Set(call.linkedids).size !== call.linkedids.length) yield 'a linkedid twice'
  if (call.responsible !== '' && !people.some((each) => each.extension === call.responsible && each.talkSeconds >= 0))
    yield 'a stranger is responsible'
  yield* personFaults(call)
}

function* personFaults({ people, talkSeconds, answered, startedAt, endedAt }: Call): Generator<string> {
  if (new Set(people.map(({ extension }) => extension)).size !== people.length) yield 'a person twice'
  for (const each of people) {
    const { extension, rang, rangSeconds, holdSeconds } = each
    for (const value of [rangSeconds, each.talkSeconds, holdSeconds])
      if (!(Number.isFinite(value) && value >= 0)) yield `${extension}: ${value}`
    if (each.talkSeconds > talkSeconds + ROUNDING) yield `${extension} talks longer than the call`
    if (holdSeconds > each.talkSeconds + ROUNDING) yield `${extension} holds longer than it talks`
    if (!rang && rangSeconds > 0) yield `${extension} rang for some time and did not ring`
    if (!answered && each.talkSeconds > 0) yield `${extension} talks in a call that nobody answered`
    if (endedAt !== undefined && rangSeconds > (endedAt - startedAt) / 1000 + ROUNDING)
      yield `${extension} rings longer than the call lives`
  }
  const sum = people.reduce((total, each) => total + each.talkSeconds, 0)
  if (sum + ROUNDING * (people.length + 1) < talkSeconds) yield 'all together talk less than the call'
}
