import { z } from 'zod'
import { Counts } from './report.ts'
import { ReadCallRequest } from './request.ts'

/** What is kept of a job. Instants are epoch milliseconds. */
export const Job = z.object({
  id: z.string(),
  request: ReadCallRequest,
  /** `sending`: all calls are read; some of them are on their way to the CRM. */
  state: z.enum(['waiting', 'running', 'sending', 'done', 'failed', 'cancelled']),
  createdAt: z.number(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  /** End of a period that was asked for without one. */
  until: z.number(),
  /** Up to where everything is done: an instant, or how many ids. */
  position: z.number(),
  /** Calls by what was found. */
  counts: Counts,
  /** Ids that no record has. */
  notFound: z.array(z.string()).readonly(),
  /** Why it does not go on for now; it tries again. */
  trouble: z.string().optional(),
  /** Why it failed. */
  error: z.string().optional(),
})
export type Job = Readonly<z.infer<typeof Job>>

export type JobState = Job['state']

export function hasEnded({ state }: Pick<Job, 'state'>): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}
