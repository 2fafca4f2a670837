import { setTimeout as sleep } from 'node:timers/promises'
import type { TestCallResult } from './parts.ts'

/** Steps of a synthetic call, in order; the words stay. */
export type TestStep = 'originate' | 'question' | 'answer' | 'events' | 'journal'

export interface TestCallDeps {
  /** Lets Asterisk begin a call that asks like one that arrived and rings nobody. @param id of its first channel */
  readonly originate: (id: string) => Promise<void>
  /** Whether the journal has the call with this id; asked again until it does. */
  readonly isJournalled: (id: string) => Promise<boolean>
  /** Keeps how it went, over a restart. */
  readonly keep: (result: TestCallResult) => Promise<void>
  readonly now: () => number
  /** Milliseconds each step may take. */
  readonly stepMs?: number
}

/** Proves the path: question, answer, events, journal. The call has no client and is marked as skipped: nothing of it reaches the CRM. */
export interface TestCalls {
  /** One at a time: who asks while one is under way gets that one's result. Never rejects. */
  make(): Promise<TestCallResult>
  /** The question of a call was answered, or not. */
  questionEnded(linkedid: string, answered: boolean): void
  questionHeard(linkedid: string): void
  /** @param cause Q.850; 16: our snippet had an answer */
  channelGone(linkedid: string, cause: number | undefined): void
  last(): TestCallResult | undefined
}

/** An ended call settles for two seconds before it is journalled. */
const STEP_MS = 8_000
const LOOK_MS = 100
const PREFIX = 'callweave-test-'

/** Whether a call is one of these: they count as nobody's. */
export function isTestCall(id: string): boolean {
  return id.startsWith(PREFIX)
}

const ANSWERED_CAUSE = 16

interface Running {
  readonly id: string
  readonly heard: PromiseWithResolvers<boolean>
  readonly answered: PromiseWithResolvers<boolean>
  readonly gone: PromiseWithResolvers<boolean>
}

/** @param last how the last one went, before this process began */
export function createTestCalls(deps: TestCallDeps, last: TestCallResult | undefined): TestCalls {
  const { originate, isJournalled, keep, now, stepMs = STEP_MS } = deps
  let known = last
  let running: Running | undefined
  let making: Promise<TestCallResult> | undefined

  const make = async (): Promise<TestCallResult> => {
    const began = now()
    // At most 30 characters; never the id of another call.
    const id = `${PREFIX}${began.toString(36)}`
    const run: Running = { id, heard: waiting(), answered: waiting(), gone: waiting() }
    running = run
    const steps: readonly (readonly [TestStep, () => Promise<boolean>])[] = [
      ['originate', () => originate(id).then(() => true)],
      ['question', () => run.heard.promise],
      ['answer', () => run.answered.promise],
      ['events', () => run.gone.promise],
      ['journal', () => journalled(id)],
    ]
    const failed = await firstFailure(steps, stepMs)
    running = undefined
    known = { at: began, ok: failed === '', failedAt: failed, tookMs: Math.round(now() - began) }
    // The disk may refuse it; what is known now is told all the same.
    await keep(known).catch(() => undefined)
    return known
  }

  const journalled = async (id: string): Promise<boolean> => {
    for (const until = now() + stepMs; now() < until; await sleep(LOOK_MS)) {
      if (await isJournalled(id)) return true
    }
    return false
  }

  return {
    make: () => {
      making ??= make().finally(() => {
        making = undefined
      })
      return making
    },
    questionHeard: (linkedid) => {
      if (running?.id === linkedid) running.heard.resolve(true)
    },
    questionEnded: (linkedid, answered) => {
      if (running?.id === linkedid) running.answered.resolve(answered)
    },
    channelGone: (linkedid, cause) => {
      if (running?.id === linkedid) running.gone.resolve(cause === ANSWERED_CAUSE)
    },
    last: () => known,
  }
}

function waiting(): PromiseWithResolvers<boolean> {
  return Promise.withResolvers<boolean>()
}

async function firstFailure(
  steps: readonly (readonly [TestStep, () => Promise<boolean>])[],
  stepMs: number,
): Promise<TestStep | ''> {
  for (const [step, end] of steps) {
    if (!(await inTime(end(), stepMs))) return step
  }
  return ''
}

/** Whether it came true in time; a failure did not. */
async function inTime(work: Promise<boolean>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), ms)
  try {
    return await Promise.race([work, late])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
