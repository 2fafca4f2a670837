import { z } from 'zod'

/** What `/pbx/read_call/jobs/<id>` tells, as far as a person at a terminal wants to know it. */
export const JobState = z.object({
  job: z.string(),
  state: z.string(),
  ended: z.boolean(),
  share: z.number(),
  found: z.number(),
  right: z.number(),
  registered: z.number(),
  repaired: z.number(),
  leftOut: z.number(),
  notDue: z.number(),
  failed: z.number(),
  removedByPeople: z.number(),
  adopted: z.number(),
  doubled: z.number(),
  notFound: z.array(z.string()),
  dry: z.boolean(),
  trouble: z.string().optional(),
  error: z.string().optional(),
  createdAt: z.string(),
  url: z.string(),
})
export type JobState = z.infer<typeof JobState>

export const JobList = z.object({ jobs: z.array(JobState) })

/** A page of a job's calls. */
export const JobPage = z.object({
  calls: z.array(z.object({ id: z.string(), startedAt: z.string(), finding: z.string(), why: z.string() }).loose()),
  next: z.number().optional(),
})
export type JobPage = z.infer<typeof JobPage>
