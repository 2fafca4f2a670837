import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { Context, Middleware } from 'koa'
import Router from 'koa-router'
import { z } from 'zod'
import type { StoredReadCallFinding } from '../store/read-call-port.ts'
import { answerOf, endedAnswer, JOBS_PATH, type JobAnswer, pageOf, workAnswer } from './answer.ts'
import { event, progressEvents } from './event-stream.ts'
import { hasEnded, Job } from './job.ts'
import { parametersOf } from './parameters.ts'
import { parseRequest } from './parse-request.ts'
import type { ReadCall } from './read-call.ts'
import { CannotRead, WrongRequest } from './wrong-request.ts'

export interface ReadCallRouterDeps {
  readonly readCall: ReadCall
  /** Lets in who may ask. */
  readonly guard: Middleware
  /** A request's body, so many bytes at most; throws what the HTTP door understands. */
  readonly readText: (request: IncomingMessage, limit: number) => Promise<string>
  /** The PBX's zone, IANA name. */
  readonly timeZone: () => string
  /** Epoch milliseconds. */
  readonly now: () => number
}

const PATH = '/pbx/read_call'
/** A hundred thousand ids. */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024
const JOBS_SHOWN = 100
/** The CRM or the database is tried again by then. */
const RETRY_AFTER_SECONDS = '10'

const Page = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(5_000).default(200),
})

/** `/pbx/read_call` and its jobs, for administrators' scripts. */
export function readCallRouter({ readCall, guard, readText, timeZone, now }: ReadCallRouterDeps): Router {
  const router = new Router()
  router.use(PATH, guard)

  const ask = async (ctx: Context, body: string): Promise<void> => {
    const { request, asJob } = parseRequest(parametersOf(ctx.querystring, body), timeZone(), now())
    const work = await readCall.ask(request, asJob)
    if (!work.isKept()) {
      ctx.body = answerOf(work)
      return
    }
    const answer = workAnswer(work)
    ctx.status = 202
    ctx.set('Location', answer.url)
    ctx.body = answer
  }
  /** A job that goes on, or one that is kept. */
  const jobOf = async (ctx: Context): Promise<{ readonly job: Job; readonly answer: JobAnswer }> => {
    const id: string = ctx['params']['id'] ?? ''
    const work = readCall.find(id)
    if (work?.isKept()) return { job: work.job(), answer: workAnswer(work) }
    const job = Job.safeParse((await readCall.stored.get(id))?.job).data
    if (!job) throw new WrongRequest('There is no such job; GET /pbx/read_call/jobs lists them.', 404)
    return { job, answer: endedAnswer(job) }
  }
  const tellProgress = async (ctx: Context): Promise<void> => {
    const { job, answer } = await jobOf(ctx)
    const work = readCall.find(job.id)
    const gone = new AbortController()
    ctx.res.once('close', () => gone.abort())
    ctx.set('Cache-Control', 'no-store')
    ctx.type = 'text/event-stream'
    ctx.body = work
      ? Readable.from(progressEvents(work, gone.signal), { objectMode: false })
      : event('end', JSON.stringify(answer))
  }

  router.get(PATH, (ctx) => answering(ctx, () => ask(ctx, '')))
  router.post(PATH, (ctx) =>
    answering(ctx, async () => {
      await ask(ctx, await readText(ctx.req, LARGEST_BODY_BYTES))
    }),
  )
  router.get(JOBS_PATH, (ctx) =>
    answering(ctx, async () => {
      const rows = await readCall.stored.latest(JOBS_SHOWN)
      const jobs = rows.flatMap(({ job }) => Job.safeParse(job).data ?? [])
      ctx.body = { jobs: jobs.map(stateOf) }
    }),
  )
  const stateOf = (job: Job): JobAnswer => {
    const work = readCall.find(job.id)
    return work ? workAnswer(work) : endedAnswer(job)
  }
  router.get(`${JOBS_PATH}/:id`, (ctx) =>
    answering(ctx, async () => {
      if (ctx.accepts('json', 'text/event-stream') === 'text/event-stream') return tellProgress(ctx)
      const { job, answer } = await jobOf(ctx)
      const page = Page.safeParse(ctx.query)
      if (!page.success) throw new WrongRequest('"after" and "limit" (up to 5000) are numbers.')
      const { after, limit } = page.data
      const rows: readonly StoredReadCallFinding[] = await readCall.stored.findings(job.id, after, limit)
      ctx.body = { ...answer, ...pageOf(rows, limit, job.request.dry) }
    }),
  )
  router.get(`${JOBS_PATH}/:id/events`, (ctx) => answering(ctx, () => tellProgress(ctx)))
  router.delete(`${JOBS_PATH}/:id`, (ctx) =>
    answering(ctx, async () => {
      const { job } = await jobOf(ctx)
      const work = readCall.find(job.id)
      if (work && !hasEnded(work.job())) {
        work.cancel()
        await work.over
      }
      ctx.body = work ? workAnswer(work) : (await jobOf(ctx)).answer
    }),
  )
  return router
}

async function answering(ctx: Context, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof WrongRequest) && !(error instanceof CannotRead)) throw error
    if (error instanceof CannotRead) ctx.set('Retry-After', RETRY_AFTER_SECONDS)
    ctx.status = error.status
    ctx.body = { code: codes[error.status], message: error.message }
  }
}

const codes = { 400: 'bad-request', 404: 'not-found', 413: 'too-large', 503: 'cannot-read' } as const
