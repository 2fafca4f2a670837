import { describe, expect, test } from 'vitest'
import type { Call } from '../calls/call.ts'
import { groupOf, START, type TestCall, telling } from './_group.ts'
import { type CatchUpDeps, catchUp, catchUpTiming, type Gap } from './catch-up.ts'
import { tellGroup } from './tell-group.ts'

const MINUTE = 60_000
const gap: Gap = { from: START - 10_000, to: START + MINUTE, linkedids: [] }
const one: TestCall = { linkedid: '1795161600.1', at: 0 }
const two: TestCall = { linkedid: '1795161620.1', at: 20_000, client: '89161112233' }

interface World {
  /** Groups of CEL. */
  readonly groups: readonly (readonly TestCall[])[]
  readonly others?: readonly Call[]
  readonly now?: number
  readonly asteriskStartedAt?: number
  readonly lastRowAt?: number
}

async function caughtUp(world: World, where: Gap = gap) {
  const registered: Call[] = []
  const groups = world.groups.map((calls) => groupOf(...calls))
  const deps: CatchUpDeps = {
    cel: {
      async *linkedidsBetween() {
        for (const group of groups) yield [...group.linkedids]
      },
      groupsOf: async ({ linkedids = [] }) => {
        const asked = new Set(linkedids)
        return groups.filter((group) => !group.linkedids.isDisjointFrom(asked))
      },
      newestBefore: async () => world.lastRowAt,
    },
    telling,
    register: async (call) => {
      registered.push(call)
      return true
    },
    others: () => world.others ?? [],
    asteriskNow: () => world.now ?? START + 20 * MINUTE,
    asteriskStartedAt: () => world.asteriskStartedAt,
    timing: catchUpTiming,
  }
  return { result: await catchUp(where, deps), registered }
}

const callOf = (test: TestCall, change: Partial<Call> = {}): Call => {
  const [told] = tellGroup(groupOf(test), telling).calls
  if (!told) throw new Error('CEL tells no call')
  return { ...told.call, evidence: 'reconstructed', ...change }
}

describe('given a time in which nobody listened', () => {
  test('then every call of it is told once', async () => {
    const { result, registered } = await caughtUp({ groups: [[one], [two]] })
    expect(result).toEqual({ groups: 2, told: 2, left: 0 })
    expect(registered.map(({ id }) => id)).toEqual([one.linkedid, two.linkedid])
  })

  test('when rows of a group came less than five minutes ago, then it is left for later', async () => {
    const { result, registered } = await caughtUp({ groups: [[one]], now: START + 4 * MINUTE })
    expect([result, registered]).toEqual([{ groups: 1, told: 0, left: 1 }, []])
  })

  test('when somebody else tells the call, then it is neither told nor left', async () => {
    const { result, registered } = await caughtUp({ groups: [[one]], others: [callOf(one)] })
    expect([result, registered]).toEqual([{ groups: 1, told: 0, left: 0 }, []])
  })

  test('when a second client of the group is live, then the first one’s call is told', async () => {
    const second = { ...two, linkedid: one.linkedid, open: true as const }
    const live = callOf(two, {
      linkedids: [one.linkedid],
      id: one.linkedid,
      endedAt: undefined,
      startedAt: START + 20_000,
    })
    const { registered } = await caughtUp({ groups: [[one, second]], others: [live] })
    expect(registered).toMatchObject([{ client: '+79221532327' }])
  })

  test('when a call ended before it or began after it, then live has told it', async () => {
    const later: Gap = { ...gap, from: START + 15_000 }
    const earlier: Gap = { ...gap, to: START + 10_000 }
    expect((await caughtUp({ groups: [[one], [two]] }, later)).registered).toMatchObject([{ id: two.linkedid }])
    expect((await caughtUp({ groups: [[one], [two]] }, earlier)).registered).toMatchObject([{ id: one.linkedid }])
  })

  test('when Asterisk died in it, then its calls end with the last row that one wrote', async () => {
    const world = {
      groups: [[{ ...one, open: true as const }]],
      asteriskStartedAt: START + 50_000,
      lastRowAt: START + 40_000,
    }
    expect((await caughtUp(world)).registered).toMatchObject([{ endedAt: START + 40_000, evidence: 'reconstructed' }])
  })

  test('when a call was live before it and has no rows in it, then it is found all the same', async () => {
    const groups = [groupOf({ ...one, open: true })]
    expect(groups).toHaveLength(1)
    const world = { groups: [[{ ...one, open: true as const }]], asteriskStartedAt: START + 50_000 }
    const { registered } = await caughtUp(world, { ...gap, from: START + 5_000, linkedids: [one.linkedid] })
    expect(registered).toMatchObject([{ id: one.linkedid, endedAt: START + 5_000 }])
  })

  test('when the end of a channel was never written, then it is waited for, and in the end its last row is the end', async () => {
    const groups = [[{ ...one, open: true as const }]]
    expect((await caughtUp({ groups, now: START + 10 * MINUTE })).result).toMatchObject({ told: 0, left: 1 })
    expect((await caughtUp({ groups })).registered).toMatchObject([
      { endedAt: START + 2_000, evidence: 'reconstructed' },
    ])
  })
})
