import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Call } from '../calls/call.ts'
import type { PendingCall } from '../store/ports.ts'
import { groupOf, START, type TestCall, telling } from './_group.ts'
import { DatabaseUnreachable } from './database-error.ts'
import { createSecondWitness, type SecondWitnessDeps } from './second-witness.ts'
import { tellGroup } from './tell-group.ts'

beforeEach(() => vi.useFakeTimers({ now: START + 10_000 }))
afterEach(() => vi.useRealTimers())

const first: TestCall = { linkedid: '1795161600.1', at: 0 }

/** The call as live knows it, who did not hear how it began. */
function live(change: Partial<Call> = {}): Call {
  const [told] = tellGroup(groupOf(first), telling).calls
  if (!told) throw new Error('CEL tells no call')
  return { ...told.call, people: [], talkSeconds: 3, evidence: 'reconstructed', ...change }
}

interface World {
  cel: readonly TestCall[] | Error
  readonly rows: PendingCall[]
  readonly registered: Call[]
  asteriskStartedAt: number
  writes: boolean
}

function witnessOf(world: World, change: Partial<SecondWitnessDeps> = {}) {
  return createSecondWitness({
    cel: {
      groupsOf: async () => {
        if (world.cel instanceof Error) throw world.cel
        return world.cel.length === 0 ? [] : [groupOf(...world.cel)]
      },
    },
    telling,
    pbx: 'main',
    pending: {
      add: async (row) => void world.rows.push(row),
      remove: async ({ id, endedAt }) => {
        const found = world.rows.findIndex((row) => row.id === id && row.endedAt === endedAt)
        if (found >= 0) world.rows.splice(found, 1)
      },
      all: async () => [...world.rows],
    },
    register: async (call) => {
      if (world.writes) world.registered.push(call)
      return world.writes
    },
    asteriskNow: Date.now,
    asteriskStartedAt: () => world.asteriskStartedAt,
    log: { info: () => undefined, warn: () => undefined },
    ...change,
  })
}

const aWorld = (cel: World['cel']): World => ({ cel, rows: [], registered: [], asteriskStartedAt: 0, writes: true })

describe('given a call that was not seen whole', () => {
  test('when its group has been quiet for thirty seconds, then CEL tells it, and nothing waits any more', async () => {
    const world = aWorld([first])
    const witness = witnessOf(world)
    await witness.take(live(), [])
    expect(world.rows).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(29_000)
    expect(world.registered).toEqual([])
    expect(witness.waiting()).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(6_000)
    expect(world.registered).toMatchObject([{ evidence: 'cel', talkSeconds: 8, responsible: '101' }])
    expect([world.rows, witness.waiting()]).toEqual([[], []])
  })

  test('when rows come late, then it is told after the last one', async () => {
    const world = aWorld([{ ...first, open: true }])
    await witnessOf(world).take(live(), [])
    await vi.advanceTimersByTimeAsync(120_000)
    expect(world.registered).toEqual([])
    world.cel = [first]
    await vi.advanceTimersByTimeAsync(6_000)
    expect(world.registered).toMatchObject([{ evidence: 'cel', talkSeconds: 8 }])
  })

  test.each([
    ['cannot be read', new DatabaseUnreachable('nothing listens', 'start it')],
    ['has no rows of it', []],
    ['never tells its end', [{ ...first, open: true as const }]],
    ['tells another client', [{ ...first, client: '89161112233', linkedid: '1795161600.5' }]],
    ['has lost the conversation that live heard', [{ ...first, missed: true as const }]],
  ] as const)('when CEL %s for ten minutes, then live registers what it knows', async (_what, cel) => {
    const world = aWorld(cel)
    await witnessOf(world).take(live(), [])
    await vi.advanceTimersByTimeAsync(590_000)
    expect(world.registered).toEqual([])
    await vi.advanceTimersByTimeAsync(15_000)
    expect(world.registered).toMatchObject([{ evidence: 'reconstructed', talkSeconds: 3 }])
    expect(world.rows).toEqual([])
  })

  test('when others of its group talk on for ten minutes, then CEL still tells it', async () => {
    const other: TestCall = { linkedid: '1795161600.1', at: 20_000, client: '89161112233', open: true }
    const world = aWorld([first, { ...other, linkedid: first.linkedid }])
    await witnessOf(world).take(live(), [])
    await vi.advanceTimersByTimeAsync(605_000)
    expect(world.registered).toHaveLength(1)
    expect(world.registered[0]?.client).toBe('+79221532327')
  })

  test('when its Asterisk died, then it ends when live heard that one last', async () => {
    const world = aWorld([{ ...first, open: true }])
    world.asteriskStartedAt = START + 60_000
    await witnessOf(world).take(live({ endedAt: START + 22_000 }), [])
    vi.setSystemTime(START + 70_000)
    await vi.advanceTimersByTimeAsync(6_000)
    expect(world.registered).toMatchObject([{ evidence: 'reconstructed', endedAt: START + 22_000, talkSeconds: 20 }])
  })

  test('when there is no CEL, then live registers what it knows at once', async () => {
    const world = aWorld([])
    const witness = createSecondWitness({ ...depsWithoutCel(world) })
    await witness.take(live(), [])
    await vi.advanceTimersByTimeAsync(0)
    expect(world.registered).toMatchObject([{ evidence: 'reconstructed' }])
    expect(world.rows).toEqual([])
  })

  test('when the process ends while it waits, then the next one tells it', async () => {
    const world = aWorld([first])
    const witness = witnessOf(world)
    await witness.take(live(), [])
    await witness[Symbol.asyncDispose]()
    expect([world.registered, world.rows.length]).toEqual([[], 1])
    await witnessOf(world).resume()
    await vi.advanceTimersByTimeAsync(40_000)
    expect(world.registered).toMatchObject([{ evidence: 'cel' }])
    expect(world.rows).toEqual([])
  })

  test('when the journal cannot be written, then it goes on waiting for the next start', async () => {
    const world = aWorld([first])
    world.writes = false
    await witnessOf(world).take(live(), [])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(world.rows).toHaveLength(1)
  })

  test('when it cannot even be kept, then it is told all the same', async () => {
    const world = aWorld([first])
    const pending = {
      add: async () => Promise.reject(new Error('full')),
      remove: async () => undefined,
      all: async () => [],
    }
    await witnessOf(world, { pending }).take(live(), [])
    await vi.advanceTimersByTimeAsync(40_000)
    expect(world.registered).toHaveLength(1)
  })
})

function depsWithoutCel(world: World): SecondWitnessDeps {
  return {
    telling,
    pbx: 'main',
    pending: {
      add: async (row) => void world.rows.push(row),
      remove: async () => void world.rows.pop(),
      all: async () => [],
    },
    register: async (call) => {
      world.registered.push(call)
      return true
    },
    asteriskNow: Date.now,
    asteriskStartedAt: () => undefined,
    log: { info: () => undefined, warn: () => undefined },
  }
}
