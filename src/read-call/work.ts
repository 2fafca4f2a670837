import { CrmError } from '../crm/errors.ts'
import { DatabaseUnreachable } from '../reconciliation/database-error.ts'
import { pause } from '../reconciliation/pause.ts'
import type { ReadCallFindingRow, ReadCallJobs } from '../store/read-call-port.ts'
import { StoreError } from '../store/store-error.ts'
import { hasEnded, type Job } from './job.ts'
import { type PassingDeps, passOver, settled } from './passing.ts'
import type { Report } from './report.ts'
import { FIRST_SLICE_MS, nextSliceMs, type Slice, shareOf, sliceAt } from './slices.ts'
import type { Tally } from './tally.ts'

/** Calls being read again. */
export interface Work {
  /** As it stands now. */
  job(): Job
  /** How much is done, 0 to 1. */
  share(): number
  readonly tally: Tally
  /** It is a job: kept on disk, taken up again after a restart. */
  isKept(): boolean
  /** Makes it one. Resolves when the disk has it. @throws StoreError */
  keep(): Promise<void>
  cancel(): void
  /** Resolves when it has ended, or the service ends; never rejects. */
  readonly over: Promise<void>
  /** What made it fail. */
  failure(): unknown
  /** Called after each change; returns what ends that. */
  onChange(react: () => void): () => void
}

export interface WorkDeps extends PassingDeps {
  readonly jobs: Pick<ReadCallJobs, 'put'>
  /** Resolves when it is this work's turn. */
  readonly turn: (work: Work, signal: AbortSignal) => Promise<void>
  /** Epoch milliseconds. */
  readonly now: () => number
  /** The service ends. */
  readonly signal: AbortSignal
  readonly timing: WorkTiming
}

export interface WorkTiming {
  /** Until a database that cannot be reached, or a full disk, is tried again. */
  readonly retryMs: number
  /** Between two looks at what is on its way to the CRM. */
  readonly lookMs: number
  /** So long after the last news of the CRM nobody waits for it any more. */
  readonly patienceMs: number
}

export const workTiming: WorkTiming = { retryMs: 10_000, lookMs: 200, patienceMs: 60_000 }

/** What a crash may make us find a second time. */
const SAVE_EVERY_MS = 250
/** Looked at in one go; the calls of the moment must not wait for it. */
const LOOKS_AT_ONCE = 200

/** @param resumed it was begun by an earlier process */
export function startWork(first: Job, tally: Tally, resumed: boolean, deps: WorkDeps): Work {
  const { jobs, now, timing } = deps
  const cancelling = new AbortController()
  const signal = AbortSignal.any([deps.signal, cancelling.signal])
  const watchers = new Set<() => void>()
  let job = first
  let kept = resumed
  let sliceShare = 0
  let savedAt = 0
  let looked = 0
  let failed: unknown

  const changed = (change: Partial<Job> = {}) => {
    job = { ...job, ...change }
    for (const react of watchers) react()
  }
  const save = async (): Promise<void> => {
    if (!kept) return
    const reports = tally.unsaved()
    tally.saved()
    savedAt = now()
    try {
      const { id, createdAt } = job
      await jobs.put(
        { id, createdAt, ended: hasEnded(job), job: { ...job, counts: tally.counts() } },
        [...reports.values()].map(rowOf),
      )
    } catch (error) {
      tally.putBack(reports)
      throw error
    }
  }
  /** A job waits for better times; whoever waits for an answer is told. */
  const patiently = async (act: () => Promise<void>): Promise<void> => {
    for (;;) {
      try {
        await act()
        if (job.trouble !== undefined) changed({ trouble: undefined })
        return
      } catch (error) {
        if (signal.aborted || !kept || !mayPass(error)) throw error
        changed({ trouble: error instanceof Error ? error.message : String(error) })
        await pause(timing.retryMs, signal)
        signal.throwIfAborted()
      }
    }
  }
  const readSlice = async ({ asked, next }: Slice, again: boolean): Promise<void> => {
    await deps.turn(work, signal)
    if (job.state === 'waiting') changed({ state: 'running', startedAt: job.startedAt ?? now() })
    const part = shareOf(job.request, next, job.until) - shareOf(job.request, job.position, job.until)
    const hears = {
      report: async (report: Report) => {
        if (!tally.take(report)) return
        changed()
        if (kept && now() - savedAt > SAVE_EVERY_MS) await save()
      },
      share: (share: number) => {
        sliceShare = share * part
        changed()
      },
      notFound: (ids: readonly string[]) => {
        changed({ notFound: [...new Set([...job.notFound, ...ids])] })
      },
    }
    await passOver(asked, job.request, again, hears, deps, signal)
    sliceShare = 0
    changed({ position: next })
    if (job.request.asked.kind === 'period') tally.forgetBefore(next)
    await look()
    await save()
  }
  /** Looks at some of the calls on their way to the CRM. @returns whether one has arrived */
  const look = async (): Promise<boolean> => {
    const waiting = tally.waiting()
    const from = looked < waiting.length ? looked : 0
    const some = waiting.slice(from, from + LOOKS_AT_ONCE)
    let news = 0
    for (const before of some) {
      const after = await settled(before, deps)
      if (after === before) continue
      tally.change(before, after)
      news += 1
    }
    // What arrived has left the list.
    looked = from + some.length - news
    if (news > 0) changed()
    return news > 0
  }
  const waitForCrm = async (): Promise<void> => {
    changed({ state: 'sending' })
    let lastNews = now()
    while (tally.waiting().length > 0 && now() - lastNews < timing.patienceMs) {
      if (await look()) {
        lastNews = now()
        if (now() - savedAt > SAVE_EVERY_MS) await save()
      } else await pause(timing.lookMs, signal)
      signal.throwIfAborted()
    }
  }
  const run = async (): Promise<void> => {
    let again = resumed
    for (let sliceMs = FIRST_SLICE_MS; ; ) {
      const slice = sliceAt(job.request, job.position, job.until, sliceMs)
      if (!slice) break
      const began = performance.now()
      await patiently(() => readSlice(slice, again))
      again = false
      sliceMs = nextSliceMs(sliceMs, performance.now() - began)
    }
    await patiently(waitForCrm)
  }
  const end = async (change: Partial<Job>): Promise<void> => {
    changed({ ...change, endedAt: now() })
    await save()
  }
  const live = async (): Promise<void> => {
    try {
      await run()
      await patiently(() => end({ state: 'done' }))
    } catch (error) {
      failed = error
      if (deps.signal.aborted) await save().catch(() => undefined)
      else if (cancelling.signal.aborted) await end({ state: 'cancelled' }).catch(() => undefined)
      else await end({ state: 'failed', error: messageOf(error) }).catch(() => undefined)
    }
  }

  const work: Work = {
    job: () => ({ ...job, counts: tally.counts() }),
    share: () =>
      hasEnded(job) && job.state === 'done' ? 1 : shareOf(job.request, job.position, job.until) + sliceShare,
    tally,
    isKept: () => kept,
    keep: async () => {
      if (kept) return
      kept = true
      await save()
    },
    cancel: () => cancelling.abort(new Error('cancelled')),
    over: Promise.resolve().then(live),
    failure: () => failed,
    onChange: (react) => {
      watchers.add(react)
      return () => void watchers.delete(react)
    },
  }
  return work
}

/** It may succeed later without anybody asking anew. */
function mayPass(error: unknown): boolean {
  if (error instanceof StoreError) return error.worthRetrying
  return error instanceof DatabaseUnreachable || error instanceof CrmError
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function rowOf(report: Report): ReadCallFindingRow {
  const { id: callId, endedAt, finding: kind, waits } = report
  return { callId, endedAt, kind, waits, finding: report }
}
