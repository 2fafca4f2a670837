import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AlertBook, nextAlerts } from './alert-book.ts'
import type { AlertKind, Condition } from './conditions.ts'

const DAY_MS = 86_400_000
const NOW = 1_800_000_000_000
const is = (kind: AlertKind): Condition => ({ name: kind, kind, facts: {} })

/** One look after another: minutes from the start, and what is wrong then. */
function looks(...steps: readonly (readonly [number, readonly AlertKind[]])[]): readonly string[] {
  let book: AlertBook = {}
  return steps.flatMap(([minute, kinds]) => {
    const next = nextAlerts(book, kinds.map(is), { now: NOW + minute * 60_000, repeatMs: DAY_MS })
    book = next.book
    return next.messages.map(({ phase, kind }) => `${minute}: ${kind} ${phase}`)
  })
}

test('given something wrong that lasts, when looked at again and again, then it is told once when it begins and once when it is over', () =>
  expect(looks([0, []], [1, ['disk-low']], [2, ['disk-low']], [50, ['disk-low']], [51, []], [52, []])).toEqual([
    '1: disk-low began',
    '51: disk-low over',
  ]))

test('given something that lasts for days, when a day is over, then it is told again', () =>
  expect(
    looks([0, ['dead-letters']], [1439, ['dead-letters']], [1440, ['dead-letters']], [2880, ['dead-letters']]),
  ).toEqual(['0: dead-letters began', '1440: dead-letters lasts', '2880: dead-letters lasts']))

test('given a share that goes up and down around its limit, when looked at, then it is one alert until it stayed away', () =>
  expect(looks([0, ['success-below']], [1, []], [2, ['success-below']], [3, []], [4, []], [5, []])).toEqual([
    '0: success-below began',
    '5: success-below over',
  ]))

test('given a clock that was ahead by a week when somebody was told, when it is right again, then the rest is not silence', () =>
  expect(looks([10_080, ['disk-low']], [0, ['disk-low']], [1, ['disk-low']])).toEqual([
    '10080: disk-low began',
    '0: disk-low lasts',
  ]))

test('given any days of trouble, when told, then beginnings and ends of a kind take turns, and no message comes twice in a day without one between', () => {
  const kinds = ['disk-low', 'ari-link-lost', 'success-below'] as const
  const step = fc.tuple(fc.integer({ min: 1, max: 600 }), fc.subarray([...kinds]))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const told = looks(...steps.map(([, wrong], at) => [minuteOf(steps, at), wrong] as const))
      for (const kind of kinds) {
        const phases = told.filter((text) => text.includes(kind)).map((text) => text.split(' ').at(-1))
        phases.forEach((phase, at) => {
          const before = at === 0 ? 'over' : phases[at - 1]
          expect(
            [phase === 'began', before === 'over'].every(Boolean) || (phase !== 'began' && before !== 'over'),
          ).toBe(true)
        })
      }
    }),
    { numRuns: 200 },
  )
})

/** Steps come so many minutes one after another. */
function minuteOf(steps: readonly (readonly [number, unknown])[], at: number): number {
  return steps.slice(0, at + 1).reduce((sum, [after]) => sum + after, 0)
}
