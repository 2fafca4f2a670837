import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commands } from '../../test/calls/generated/commands.ts'
import { type PbxOptions, publishedBy } from '../../test/calls/generated/pbx.ts'
import { permuted } from '../../test/calls/generated/permuted.ts'
import { snapshotAfter } from '../../test/calls/generated/snapshot-after.ts'
import { storyOf } from '../../test/calls/generated/story-line.ts'
import { expectValid } from '../../test/calls/generated/valid-call.ts'
import { watchedFold } from '../../test/calls/generated/watched-fold.ts'
import type { Call } from './call.ts'
import type { CallEvent } from './call-event.ts'

/** Worlds nobody thought of: whatever happens in a PBX, this is true of its calls. */

/** The house's tests see the same few worlds each time; `CALLWEAVE_WORLDS=5000` goes to look for new ones. */
const explored = process.env['CALLWEAVE_WORLDS']
const SEARCH = explored === undefined ? { numRuns: 120, seed: 20261120 } : { numRuns: Number(explored) }

const worlds = fc.record({ happened: commands, linkedids: fc.boolean(), order: fc.infiniteStream(fc.nat(997)) })

/** @param holds throws when it does not; then the shortest stream that was found is told as a story */
function always(
  holds: (events: readonly CallEvent[], order: () => number) => void,
  options: Partial<PbxOptions> = {},
): void {
  const property = fc.property(worlds, ({ happened, linkedids, order }) => {
    const events = publishedBy(happened, { linkedids, ...options })
    try {
      holds(events, () => order.next().value ?? 0)
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${storyOf(events)}`)
    }
  })
  fc.assert(property, SEARCH)
}

describe('given any stream', () => {
  test('when it is folded, then every call is valid at every moment', () => {
    always((events) => void watchedFold(events, expectValid))
  })

  test('when a call is answered, then it stays answered', () => {
    always((events) => {
      const answered = new Set<string>()
      watchedFold(events, ({ id, direction, answered: isAnswered }) => {
        // A call of colleagues that comes to a client waits for that client from there on.
        const told = `${id} ${direction}`
        if (isAnswered) answered.add(told)
        else expect(answered).not.toContain(told)
      })
    })
  })

  test('when everybody has hung up, then every call has ended once and nothing is waited for', () => {
    always((events) => {
      const { phases, ended, live, next } = watchedFold(events)
      expect(live).toEqual([])
      expect(next).toBeUndefined()
      const ids = ended.map(({ id }) => id)
      expect(ids).toEqual([...new Set(ids)])
      const over = new Set<string>()
      for (const phase of phases) {
        expect(over, `${phase.kind} after the end`).not.toContain(phase.call.id)
        if (phase.kind === 'ended' || phase.kind === 'absorbed') over.add(phase.call.id)
      }
      expect(new Set(phases.map(({ call }) => call.id))).toEqual(over)
    })
  })

  test('when every event comes twice, then nothing changes', () => {
    always((events) => {
      const once = watchedFold(events)
      const twice = watchedFold(events.flatMap((event) => [event, event]))
      expect(twice.ended).toEqual(once.ended)
      expect(twice.phases.map(told)).toEqual(once.phases.map(told))
    })
  })

  test('when events of one instant and of different channels and bridges come in another order, then nothing changes', () => {
    always(
      (events, order) => {
        const other = permuted(events, order)
        const [expected, told] = [events, other].map((each) => watchedFold(each).ended.map(unordered))
        if (!isDeepStrictEqual(told, expected))
          throw new Error(
            `${linesOf(expected)}\nbecomes\n${linesOf(told)}\nin this order:\n${storyOf(other)}\ninstead of:`,
          )
      },
      { unhurried: true },
    )
  })

  test('when clocks are set back in the middle, then every call is valid at every moment', () => {
    always((events, order) => {
      const from = order() % events.length
      const backMs = (order() * 37) % 5_000
      const set = events.map((event, index) => (index < from ? event : { ...event, at: event.at - backMs }))
      watchedFold(set, expectValid)
    })
  })

  test('when it stops anywhere and a snapshot follows, then every call is valid and all end', () => {
    always((events, order) => {
      const [from, until] = [order() % events.length, order() % events.length].toSorted((a, b) => a - b)
      const heard = [
        ...events.slice(0, from),
        ...snapshotAfter(events.slice(0, until)),
        ...events.slice(until),
        ...events.slice(-1),
      ]
      const { live } = watchedFold(heard, expectValid)
      expect(live).toEqual([])
    })
  })

  test('when another one goes on at the same time, then both tell the same calls as alone', () => {
    const property = fc.property(worlds, worlds, (first, second) => {
      const [one, other] = [
        publishedBy(first.happened, { linkedids: first.linkedids }),
        publishedBy(second.happened, { linkedids: second.linkedids, prefix: 'b' }),
      ]
      const both = [...one, ...other].toSorted((a, b) => a.at - b.at)
      const alone = [...watchedFold(one).ended, ...watchedFold(other).ended]
      expect(watchedFold(both).ended.toSorted(byId), storyOf(both)).toEqual(alone.toSorted(byId))
    })
    fc.assert(property, SEARCH)
  })
})

const linesOf = (calls: readonly Call[] | undefined) => calls?.map((call) => JSON.stringify(call)).join('\n')
const byId = (a: Call, b: Call) => (a.id < b.id ? -1 : 1)

const told = ({ kind, call, at, ...rest }: { kind: string; call: Call; at: number }) =>
  `${kind} ${call.id} ${at} ${JSON.stringify(rest)}`

/** Lists whose order is that of the events. */
const unordered = (call: Call): Call => ({
  ...call,
  linkedids: [...call.linkedids.slice(0, 1), ...call.linkedids.slice(1).toSorted()],
  people: call.people.toSorted((a, b) => (a.extension < b.extension ? -1 : 1)),
  recordings: call.recordings.toSorted(),
})
