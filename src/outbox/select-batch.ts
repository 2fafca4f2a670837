import type { StoredJob } from '../store/ports.ts'

/** Jobs that travel in one call of their handler. */
export interface Batch {
  readonly kind: string
  /** `send` for waiting jobs, `prove` for those that may have been executed. */
  readonly stage: 'send' | 'prove'
  /** Names the batch's size: what was learned from one company is not held against another. */
  readonly company: string
  readonly jobs: readonly StoredJob[]
}

/**
 * From so many attempts on a job travels among its like: one that makes the CRM fail must not take the healthy ones with it,
 * and after an outage, when all are like that, they still travel together.
 */
const SUSPECT_FROM = 5

/**
 * The next batch: the first job, and every later one of its kind, stage, urgency and company that fits.
 * @param due in order of importance.
 * @param limit how many may travel in a company's batch.
 */
export function selectBatch(
  due: readonly StoredJob[],
  limit: (kind: string, company: string) => number,
): Batch | undefined {
  const first = due[0]
  if (!first) return undefined
  const company = companyOf(first)
  const jobs = due.filter((job) => companyOf(job) === company).slice(0, limit(first.kind, company))
  return { kind: first.kind, stage: stageOf(first), company, jobs }
}

function stageOf(job: StoredJob): Batch['stage'] {
  return job.state === 'unproven' ? 'prove' : 'send'
}

function companyOf(job: StoredJob): string {
  const suspect = job.attempts >= SUSPECT_FROM ? ['suspect'] : []
  // Live calls go first and travel light: old ones are many, and are looked for in the CRM before they are written.
  const old = job.urgency === 'backfill' ? ['backfill'] : []
  return [job.kind, stageOf(job), ...old, ...suspect].join(' ')
}
