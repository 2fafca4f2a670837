import type { StoredReadCallFinding } from '../store/read-call-port.ts'
import { hasEnded, type Job } from './job.ts'
import { Report } from './report.ts'
import { shareOf } from './slices.ts'
import { type ToldReport, told, toldCounts } from './told-report.ts'
import type { Work } from './work.ts'

/** Where jobs stand. */
export const JOBS_PATH = '/pbx/read_call/jobs'

/** The answer to whoever waited for it. */
export function answerOf(work: Work) {
  const { request, notFound, until } = work.job()
  const { dry } = request
  return {
    ...toldCounts(work.tally.counts()),
    ...askedBack(request, until),
    notFound,
    calls: work.tally
      .unsaved()
      .values()
      .map((report) => told(report, dry))
      .toArray(),
  }
}

/** A job as it stands, without its calls. */
export function jobAnswer(job: Job, share: number) {
  const { id, counts, request, state, createdAt, startedAt, endedAt, until, notFound, trouble, error } = job
  return {
    job: id,
    state,
    ended: hasEnded(job),
    share: Math.round(share * 1000) / 1000,
    ...toldCounts(counts),
    ...askedBack(request, until),
    notFound,
    ...(trouble !== undefined && { trouble }),
    ...(error !== undefined && { error }),
    createdAt: iso(createdAt),
    ...(startedAt !== undefined && { startedAt: iso(startedAt) }),
    ...(endedAt !== undefined && { endedAt: iso(endedAt) }),
    url: `${JOBS_PATH}/${id}`,
  }
}

export type JobAnswer = ReturnType<typeof jobAnswer>

export function workAnswer(work: Work): JobAnswer {
  return jobAnswer(work.job(), work.share())
}

/** Of a job whose work is over. */
export function endedAnswer(job: Job): JobAnswer {
  return jobAnswer(job, job.state === 'done' ? 1 : shareOf(job.request, job.position, job.until))
}

/** One page of a job's calls. `next` is where the following one begins; it is missing on the last. */
export function pageOf(rows: readonly StoredReadCallFinding[], limit: number, dry: boolean) {
  const calls = rows.map(({ finding }): ToldReport => told(Report.parse(finding), dry))
  const last = rows.at(-1)
  return { calls, ...(last && rows.length === limit && { next: last.seq }) }
}

function askedBack({ asked, dry, effects, compare }: Job['request'], until: number) {
  const what =
    asked.kind === 'ids' ? { asked: asked.ids.length } : { from: iso(asked.from), to: iso(asked.to ?? until) }
  return { ...what, dry, effects, compare: compare ? 'crm' : 'outbox' }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
