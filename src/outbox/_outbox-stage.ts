import assert from 'node:assert/strict'
import { setTimeout as pass } from 'node:timers/promises'
import { pino } from 'pino'
import type { Store } from '../store/ports.ts'
import { fastPolicies } from './_fast-policies.ts'
import type { Job, JobHandler, NewJob, Outcome, SendResult } from './job.ts'
import { createOutbox, type Outbox, type OutboxDeps } from './outbox.ts'
import { createPace } from './pace.ts'

/** An outbox at work over a store, for tests. */
export interface Stage extends AsyncDisposable {
  readonly outbox: Outbox
}

/** @param first there before it begins: which of them travel together is then no matter of luck. */
export function startOutbox(store: Store, given: Partial<OutboxDeps>, first: readonly NewJob[]): Stage {
  const outbox = createOutbox({
    store: store.outbox,
    settings: store.settings,
    handlers: [],
    pace: createPace({ requestsPerSecond: 1000, inFlight: 3 }),
    inFlight: 3,
    now: Date.now,
    random: Math.random,
    log: pino({ level: 'silent' }),
    policies: fastPolicies,
    ...given,
  })
  const stop = new AbortController()
  const running = outbox.add(first).then(() => outbox.run(stop.signal))
  return {
    outbox,
    [Symbol.asyncDispose]: () => {
      stop.abort()
      return running
    },
  }
}

/** Throws after 5 s: then the test has failed, not the machine been slow. */
export async function until(condition: () => Promise<boolean>) {
  const end = performance.now() + 5_000
  while (!(await condition())) {
    assert.ok(performance.now() < end, 'it does not come about')
    await pass(2)
  }
}

export function handlerOf(
  kind: string,
  send: (jobs: readonly Job[], signal: AbortSignal) => Promise<SendResult>,
): JobHandler {
  return {
    kind,
    maxBatch: 250,
    send,
    prove: async (all) => all.map(() => ({ kind: 'unknown', reason: 'not asked here' })),
  }
}

/** A CRM that takes everything. */
export function doneAfter(each: (job: Job) => unknown = () => {}, whole: (jobs: readonly Job[]) => unknown = () => {}) {
  return async (all: readonly Job[]): Promise<SendResult> => {
    whole(all)
    all.forEach(each)
    return { outcomes: all.map(done) }
  }
}

export function done(job: Job): Outcome {
  return { kind: 'done', result: job.key }
}

export function job(key: string, kind: string, lane: string): NewJob {
  return { key, kind, lane, urgency: 'live', payload: {} }
}

/** Each in a lane of its own. */
export function jobs(kind: string, count: number): readonly NewJob[] {
  return Array.from({ length: count }, (_, at) => job(`${kind} ${at}`, kind, `${kind} lane ${at}`))
}
