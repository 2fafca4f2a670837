import Router from 'koa-router'
import { z } from 'zod'
import { CrmError } from '../../crm/errors.ts'
import { BodyError, readJsonBody } from '../../http/json-body.ts'
import { type ControlDesk, NoOAuth } from './control-desk.ts'

const Keys = z.strictObject({ keys: z.array(z.string()).max(10_000).optional() })
const Code = z.strictObject({ code: z.string().min(1) })
const MOST_DEAD = 10_000
/** Ten thousand keys of some fifty characters. */
const LARGEST_BODY_BYTES = 1024 * 1024

/** The control desk over HTTP, for the socket only its owner can open. */
export function controlRouter(desk: ControlDesk): Router {
  const router = new Router()
  router.get('/outbox', async (ctx) => {
    const asked = Number(ctx.query['dead'] ?? 0)
    ctx.body = await desk.outbox(Number.isInteger(asked) ? Math.min(Math.max(asked, 0), MOST_DEAD) : 0)
  })
  router.post('/outbox/retry', async (ctx) => {
    const { keys } = parsed(Keys, await readJsonBody(ctx.req, LARGEST_BODY_BYTES))
    ctx.body = { keys: await desk.retry(keys) }
  })
  router.post('/outbox/drop', async (ctx) => {
    const { keys = [] } = parsed(Keys, await readJsonBody(ctx.req, LARGEST_BODY_BYTES))
    ctx.body = { keys: await desk.drop(keys) }
  })
  router.post('/authorise', async (ctx) => {
    const { code } = parsed(Code, await readJsonBody(ctx.req))
    try {
      ctx.body = { host: await desk.authorise(code, AbortSignal.timeout(60_000)) }
    } catch (error) {
      if (!(error instanceof NoOAuth || error instanceof CrmError)) throw error
      ctx.throw(409, error.message, { expose: true })
    }
  })
  return router
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const checked = schema.safeParse(body)
  if (checked.success) return checked.data
  throw new BodyError(400, 'The body does not have the expected shape.')
}
