import { type BatchPolicy, nextSize, type Weight } from './batch-size.ts'
import type { JobHandler } from './job.ts'
import type { Batch } from './select-batch.ts'

/** What was learned about how many jobs may travel together. Kept in memory: a restart begins in the middle and learns anew. */
export interface BatchSizes {
  limit(kind: string, company: string): number
  learn(batch: Batch, weight: Weight | undefined): void
  /** By company; only those that differ from the start. */
  known(): Readonly<Record<string, number>>
}

export function createBatchSizes(policy: BatchPolicy, handlers: ReadonlyMap<string, JobHandler>): BatchSizes {
  const sizes = new Map<string, number>()
  const sizeOf = (company: string) => sizes.get(company) ?? policy.start
  const limit = (kind: string, company: string) =>
    Math.max(1, Math.min(sizeOf(company), handlers.get(kind)?.maxBatch ?? policy.most))
  return {
    limit,
    learn({ kind, company, jobs }, weight) {
      if (weight) sizes.set(company, nextSize(policy, limit(kind, company), jobs.length, weight))
    },
    known: () => Object.fromEntries(sizes),
  }
}
