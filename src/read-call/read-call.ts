import type { Logger } from 'pino'
import { CrmError } from '../crm/errors.ts'
import { DatabaseError } from '../reconciliation/database-error.ts'
import type { Reconciliation } from '../reconciliation/pass.ts'
import type { ReadCallJobs } from '../store/read-call-port.ts'
import { StoreError } from '../store/store-error.ts'
import { hasEnded, Job } from './job.ts'
import { createLine } from './line.ts'
import type { PassingDeps } from './passing.ts'
import { noCounts, Report } from './report.ts'
import { keyOf, type ReadCallRequest } from './request.ts'
import { beginningOf } from './slices.ts'
import { createTally } from './tally.ts'
import { startWork, type Work, type WorkTiming, workTiming } from './work.ts'
import { CannotRead } from './wrong-request.ts'

export interface ReadCallDeps extends Omit<PassingDeps, 'reconcile'> {
  /** Undefined where there are no records to read. */
  readonly reconciliation: Pick<Reconciliation, 'reconcile'> | undefined
  readonly jobs: ReadCallJobs
  readonly log: Logger
  /** Epoch milliseconds. */
  readonly now: () => number
  /** A new job's name. */
  readonly newId: () => string
  readonly timing?: Partial<ReadCallTiming> | undefined
}

export interface ReadCallTiming extends WorkTiming {
  /** Whoever asks gets an answer within this time, or a job. */
  readonly answerMs: number
}

/** Reads calls out of the PBX's records again, and registers what is missing. */
export interface ReadCall extends AsyncDisposable {
  /**
   * Does what is asked. Who asks for the same meanwhile joins in.
   * @returns the work, ended or become a job
   * @throws CannotRead with the cure; what is left of it is not done
   */
  ask(request: ReadCallRequest, asJob: boolean): Promise<Work>
  /** Jobs that have not ended, in their order. */
  active(): readonly Work[]
  find(id: string): Work | undefined
  readonly stored: Pick<ReadCallJobs, 'get' | 'latest' | 'findings'>
}

const DAY_MS = 86_400_000
/** More than that is a job from the start. */
const MOST_IDS_AT_ONCE = 1_000
/** An answer of some hundred characters a call; more of them are turned over page by page. */
const MOST_CALLS_IN_ANSWER = 5_000
const KEEP_MS = 30 * DAY_MS
const KEEP_JOBS = 100
const FORGET_AT_ONCE = 2_000

/** Takes up the jobs that an earlier process left. @throws StoreError */
export async function createReadCall(deps: ReadCallDeps): Promise<ReadCall> {
  const { reconciliation, jobs, log, now, newId } = deps
  const timing = { ...workTiming, answerMs: 20_000, ...deps.timing }
  const ending = new AbortController()
  const works = new Map<string, Work>()
  const line = createLine()

  const start = (job: Job, resumed: boolean, tally = createTally()): Work => {
    if (!reconciliation) throw new CannotRead(NO_RECORDS)
    const work = startWork(job, tally, resumed, {
      ...{ standing: deps.standing, sendAgain: deps.sendAgain, jobs, now, timing },
      reconcile: (...asked) => reconciliation.reconcile(...asked),
      turn: (waiting, signal) => (waiting.isKept() ? line.turn(waiting, signal) : Promise.resolve()),
      signal: ending.signal,
    })
    works.set(job.id, work)
    // Waiting for the CRM is no work: the next one may read meanwhile.
    work.onChange(() => {
      if (work.job().state === 'sending') line.leave(work)
    })
    if (resumed) line.join(work)
    void work.over.then(() => {
      works.delete(job.id)
      line.leave(work)
      tellEnd(work)
    })
    return work
  }
  const tellEnd = (work: Work): void => {
    const { id, request, state, error } = work.job()
    const told = { job: id, asked: request.asked.kind, dry: request.dry, state, counts: work.tally.counts() }
    if (state === 'failed') log.warn({ ...told, error }, 'calls could not be read again')
    else log.info(told, 'calls were read again')
  }
  const keep = async (work: Work): Promise<Work> => {
    if (work.isKept() || hasEnded(work.job())) return work
    line.join(work)
    await work.keep()
    log.info({ job: work.job().id }, 'reading calls again became a job')
    return work
  }
  const fresh = (request: ReadCallRequest): Work => {
    const at = now()
    const position = beginningOf(request)
    return start(
      {
        ...{ id: newId(), request, state: 'waiting', createdAt: at, until: at, position },
        counts: noCounts,
        notFound: [],
      },
      false,
    )
  }
  const answered = async (work: Work): Promise<Work> => {
    const isLong = Promise.withResolvers<void>()
    const late = setTimeout(isLong.resolve, timing.answerMs)
    const unwatch = work.onChange(() => {
      if (work.tally.unsaved().size > MOST_CALLS_IN_ANSWER) isLong.resolve()
    })
    await Promise.race([work.over, isLong.promise])
    clearTimeout(late)
    unwatch()
    if (hasEnded(work.job()) || work.isKept() || isAllRead(work)) return work
    return keep(work)
  }
  const resume = async (row: { readonly id: string; readonly job: unknown }): Promise<void> => {
    const job = Job.safeParse(row.job).data
    if (!job) return log.warn({ job: row.id }, 'a job of another version cannot be taken up again')
    const since = job.request.asked.kind === 'ids' ? 0 : job.position
    const known = (await jobs.recent(job.id, since)).map(({ finding }) => Report.parse(finding))
    start({ ...job, state: 'waiting' }, true, createTally(known, job.counts))
  }
  const forgetOld = async (): Promise<void> => {
    while (await jobs.forget(now() - KEEP_MS, KEEP_JOBS, FORGET_AT_ONCE)) ending.signal.throwIfAborted()
  }

  if (reconciliation) for (const row of await jobs.unended()) await resume(row)
  forgetOld().catch((error) => log.warn({ error: String(error) }, 'old jobs could not be removed'))

  return {
    async ask(request, asJob) {
      const key = keyOf(request)
      const same = works.values().find((each) => keyOf(each.job().request) === key && !hasEnded(each.job()))
      const work = same ?? fresh(request)
      try {
        const done = await (asJob || isLongFromTheStart(request, now()) ? keep(work) : answered(work))
        const failure = done.failure()
        if (failure !== undefined && !done.isKept()) throw failure
        return done
      } catch (error) {
        if (!same) work.cancel()
        if (ending.signal.aborted) throw new CannotRead('The service is stopping; ask again in a minute.')
        if ([DatabaseError, StoreError, CrmError].some((kind) => error instanceof kind) && error instanceof Error)
          throw new CannotRead(sentence(error))
        throw error
      }
    },
    active: () =>
      works
        .values()
        .filter((work) => work.isKept() && !hasEnded(work.job()))
        .toArray(),
    find: (id) => works.get(id),
    stored: jobs,
    [Symbol.asyncDispose]: async () => {
      ending.abort(new Error('the service ends'))
      await Promise.all(works.values().map(({ over }) => over))
    },
  }
}

const NO_RECORDS =
  'There are no records to read: tell Callweave where CDR and CEL are in the section "database" of its configuration.'

function isLongFromTheStart({ asked }: ReadCallRequest, now: number): boolean {
  return asked.kind === 'ids' ? asked.ids.length > MOST_IDS_AT_ONCE : (asked.to ?? now) - asked.from > DAY_MS
}

/** Only the CRM has still to take what it is sent: the answer says which calls wait. */
function isAllRead(work: Work): boolean {
  return work.job().state === 'sending' && work.tally.unsaved().size <= MOST_CALLS_IN_ANSWER
}

function sentence({ message }: Error): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`.replace(/\.\.$/, '.')
}
