import type { Logger } from 'pino'
import type { JobChange, JobState, OutboxStore, Settings, StoredJob } from '../store/ports.ts'
import { createAccountPause, type Pause } from './account-pause.ts'
import { createAlarm } from './alarm.ts'
import { createBatchSizes } from './batch-sizes.ts'
import { carryOut } from './carry-out.ts'
import { createClock } from './clock.ts'
import type { JobHandler, NewJob } from './job.ts'
import { afterInterruption } from './next-change.ts'
import type { Pace } from './pace.ts'
import { persist, rest } from './persist.ts'
import { everydayPolicies, type OutboxPolicies } from './policies.ts'
import { saveAndTell } from './save-and-tell.ts'
import { type Batch, selectBatch } from './select-batch.ts'

export interface OutboxDeps {
  readonly store: OutboxStore
  /** Remembers long account pauses over a restart; without it they are forgotten. */
  readonly settings?: Settings
  readonly handlers: readonly JobHandler[]
  /** The account's pace. Handlers make their requests through `pace.run`; the outbox sees to it that they have their job's urgency. */
  readonly pace: Pace
  /** Batches under way at once. */
  readonly inFlight: number
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Milliseconds that never go back. */
  readonly monotonic?: () => number
  /** In [0, 1). */
  readonly random: () => number
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  readonly policies?: OutboxPolicies
  /** After the disk has it. */
  readonly onDone?: (job: StoredJob, result: unknown) => void
  /** After the disk has it; also for jobs that died with the job they build on. */
  readonly onDead?: (job: StoredJob, reason: string) => void
  readonly onPause?: (pause: Pause) => void
}

export interface Outbox {
  /** Says a job; a key known already changes nothing. On disk when it resolves. @throws StoreError */
  add(jobs: readonly NewJob[]): Promise<void>
  /** Works until aborted, then lets what is under way end (`graceMs`). Never rejects: trouble is logged and tried again. */
  run(signal: AbortSignal): Promise<void>
  /** Something may be due. Only a hint: the next poll finds it too. */
  wake(): void
  /** The account is well again (a new token): ends a pause before its time, and whatever waits goes at once. */
  resume(): Promise<void>
  status(): Promise<OutboxStatus>
}

export interface OutboxStatus {
  readonly counts: Readonly<Record<JobState, number>>
  /** Batches under way. */
  readonly underWay: number
  readonly paused: Pause | undefined
  /** How many jobs travel together, by kind and stage; only what was learned so far. */
  readonly batchSizes: Readonly<Record<string, number>>
  /** Epoch milliseconds at which the oldest job that is neither done nor dead was added. */
  readonly oldestOpenAt: number | undefined
}

/** Several batches' worth: kinds alternate, and the first kind should find enough of its own. */
const LOOK_AHEAD = 500
/** A job nobody knows how to carry out (a later version wrote it) is asked about so often. */
const UNKNOWN_KIND_MS = 300_000

/** Carries out the jobs of a store: in order within a lane, together where it can, each of them exactly once (design section 5). */
export function createOutbox(deps: OutboxDeps): Outbox {
  const { store, log, random, inFlight, policies = everydayPolicies } = deps
  const handlers = new Map(deps.handlers.map((handler) => [handler.kind, handler]))
  const clock = createClock(deps.now, deps.monotonic ?? (() => Math.round(performance.now())))
  const watchingSince = clock.steady()
  const alarm = createAlarm()
  const sizes = createBatchSizes(policies.batch, handlers)
  const pause = createAccountPause({ ...deps, clock, longPauseMs: policies.longPauseMs })
  const busy = new Set<string>()
  const underWay = new Set<Promise<void>>()

  async function run(signal: AbortSignal): Promise<void> {
    const halt = new AbortController()
    await persist(recover, { signal, againMs: policies.saveAgainMs, log })
    while (!signal.aborted) {
      const restMs = await launch(halt.signal)
      if (restMs > 0) await alarm.sleep(restMs, signal)
    }
    const grace = setTimeout(() => halt.abort(new Error('the service stops')), policies.graceMs)
    await Promise.all(underWay)
    clearTimeout(grace)
  }

  async function recover(): Promise<void> {
    await pause.restore()
    await store.capDue(clock.now() + Math.max(policies.retry.capMs, policies.proof.capMs))
    const jobs = await store.interrupted()
    if (jobs.length === 0) return
    log.warn(
      { jobs: jobs.length },
      'jobs were being sent when the service stopped; the CRM is asked what became of them',
    )
    const circumstances = { now: clock.now(), steady: clock.steady(), random: random() }
    await store.change(jobs.map((job) => afterInterruption(job, circumstances, policies.proof)))
  }

  /** Starts one batch if there is one and room for it. Milliseconds to rest before the next try; 0: look again at once. */
  async function launch(halt: AbortSignal): Promise<number> {
    if (underWay.size >= inFlight || pause.current()) return policies.pollMs
    const now = clock.now()
    try {
      const batch = await nextBatch(now)
      if (!batch) return restUntil(await store.nextDueAt(), now)
      begin(batch, halt)
      return 0
    } catch (error) {
      log.error({ err: error }, 'the outbox cannot read what is due')
      return policies.pollMs
    }
  }

  async function nextBatch(now: number): Promise<Batch | undefined> {
    const due = (await store.due(now, LOOK_AHEAD + busy.size)).filter(({ key }) => !busy.has(key))
    // One way is kept free for the calls of the moment: a heavy batch of old ones may take 20 s.
    const onlyLive = inFlight > 1 && underWay.size === inFlight - 1
    return selectBatch(onlyLive ? due.filter(({ urgency }) => urgency === 'live') : due, sizes.limit)
  }

  /** What is due already and was not taken is under way: its end wakes us. */
  function restUntil(next: number | undefined, now: number): number {
    return next === undefined || next <= now ? policies.pollMs : Math.min(next - now, policies.pollMs)
  }

  function begin(batch: Batch, halt: AbortSignal): void {
    const keys = batch.jobs.map(({ key }) => key)
    for (const key of keys) busy.add(key)
    const work = carry(batch, halt).finally(() => {
      for (const key of keys) busy.delete(key)
      underWay.delete(work)
      alarm.wake()
    })
    underWay.add(work)
  }

  async function carry(batch: Batch, halt: AbortSignal): Promise<void> {
    const handler = handlers.get(batch.kind)
    const urgency = batch.jobs.some((job) => job.urgency === 'live') ? 'live' : 'backfill'
    const save = (changes: readonly JobChange[]) =>
      persist(() => saveAndTell(deps, batch.jobs, changes), { signal: halt, againMs: policies.saveAgainMs, log })
    try {
      if (!handler) return await postpone(batch)
      const work = { store, clock, watchingSince, random, policies, pause, save, log }
      sizes.learn(batch, await deps.pace.as(urgency, () => carryOut(work, handler, batch, halt)))
    } catch (error) {
      log.error(
        { kind: batch.kind, jobs: batch.jobs.length, err: error },
        'a batch could not be begun; it is tried again',
      )
      await rest(policies.saveAgainMs, halt)
    }
  }

  async function postpone({ kind, jobs }: Batch): Promise<void> {
    log.error({ kind, jobs: jobs.length }, 'nobody knows how to carry out these jobs; they wait')
    const dueAt = clock.now() + UNKNOWN_KIND_MS
    const reason = 'this version of Callweave does not know this kind of job'
    await store.change(jobs.map(({ key, state }) => ({ key, state, dueAt, reason })))
  }

  return {
    run,
    wake: alarm.wake,
    async add(jobs) {
      await store.add(jobs)
      alarm.wake()
    },
    async resume() {
      await pause.end()
      // What the refusal met waits for the end of its pause.
      await store.capDue(clock.now())
      alarm.wake()
    },
    status: async () => ({
      counts: await store.counts(),
      underWay: underWay.size,
      paused: pause.current(),
      batchSizes: sizes.known(),
      oldestOpenAt: await store.oldestOpenAt(),
    }),
  }
}
