import { expect, test } from 'vitest'
import type { TestCallResult } from './parts.ts'
import { createTestCalls, isTestCall, type TestCalls } from './test-call.ts'

interface World {
  readonly originate?: (id: string, calls: TestCalls) => void | Promise<void>
  readonly journal?: boolean
  readonly keep?: () => Promise<void>
}

async function madeIn({ originate = wholeWay, journal = true, keep }: World) {
  const kept: TestCallResult[] = []
  const calls: TestCalls = createTestCalls(
    {
      originate: async (id) => originate(id, calls),
      isJournalled: async () => journal,
      keep: keep ?? (async (result) => void kept.push(result)),
      now: Date.now,
      stepMs: 30,
    },
    undefined,
  )
  const result = await calls.make()
  expect(calls.last()).toEqual(result)
  return { result, kept }
}

function heard(id: string, calls: TestCalls): void {
  calls.questionHeard(id)
}

function answered(id: string, calls: TestCalls): void {
  heard(id, calls)
  calls.questionEnded(id, true)
}

function wholeWay(id: string, calls: TestCalls): void {
  answered(id, calls)
  calls.channelGone(id, 16)
}

test('given a path that works, when a test call is made, then it is well and kept', async () => {
  const { result, kept } = await madeIn({})
  expect(result).toMatchObject({ ok: true, failedAt: '' })
  expect(kept).toEqual([result])
})

test.each([
  ['originate', { originate: () => Promise.reject(new Error('no link')) }],
  ['question', { originate: () => undefined }],
  ['answer', { originate: heard }],
  ['events', { originate: answered }],
  ['journal', { journal: false }],
] as const)(
  'given a path that ends before "%s", when a test call is made, then that step is told',
  async (step, world) => {
    const { result, kept } = await madeIn(world)
    expect(result).toMatchObject({ ok: false, failedAt: step })
    expect(kept).toEqual([result])
  },
)

test('given an answer that the dialplan did not get, when the call ends by its deadline, then it is no success', async () => {
  const originate = (id: string, calls: TestCalls) => {
    answered(id, calls)
    calls.channelGone(id, 38)
  }
  expect((await madeIn({ originate })).result.failedAt).toBe('events')
})

test('given other calls meanwhile, when they are heard, then they prove nothing', async () => {
  const { result } = await madeIn({ originate: (_id, calls) => wholeWay('1795164754.2', calls) })
  expect(result.failedAt).toBe('question')
  expect([isTestCall('1795164754.2'), isTestCall('callweave-test-mwp3yylx')]).toEqual([false, true])
})

test('given a disk that is full, when the result cannot be kept, then it is told all the same', async () =>
  expect((await madeIn({ keep: () => Promise.reject(new Error('full')) })).result.ok).toBe(true))
