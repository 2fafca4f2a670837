import Koa from 'koa'
import type Router from 'koa-router'
import type { Logger } from 'pino'
import { mayCarryTokens } from './networks.ts'

/** Doors people and widgets come through with a token; it must not travel in the clear outside the house. */
const TOKEN_PATHS = '/crm/'

/** The koa application: every router, one shape of errors. */
export function createHttpApp(routers: readonly Router[], log: Logger): Koa {
  const app = new Koa()
  // koa's own printing of errors; ours are told below, once.
  app.silent = true
  app.use(async (ctx, next) => {
    ctx.set('X-Content-Type-Options', 'nosniff')
    try {
      if (!URL.canParse(ctx.req.url ?? '/', 'http://door')) ctx.throw(400, 'This is no address.')
      // The router does not care about case, so neither may this.
      if (ctx.path.toLowerCase().startsWith(TOKEN_PATHS) && !mayCarryTokens(ctx.req))
        ctx.throw(403, 'Use https: a token must not travel in the clear.')
      await next()
      if (ctx.status === 404 && ctx.body === undefined) ctx.throw(404, 'There is nothing at this address.')
    } catch (error) {
      const { status, message } = seen(error)
      if (status >= 500) log.error({ error: String(error), path: ctx.path }, 'a request failed')
      // The rest of a body that nobody reads would be taken for the next request.
      if (status === 413) ctx.set('Connection', 'close')
      ctx.status = status
      ctx.body = { code: codes[status] ?? 'error', message }
    }
  })
  for (const router of routers) app.use(router.routes())
  return app
}

const codes: Readonly<Record<number, string>> = {
  400: 'bad-request',
  401: 'unauthorised',
  403: 'forbidden',
  404: 'not-found',
  413: 'too-large',
  415: 'not-json',
  429: 'too-many-requests',
  500: 'internal',
}

/** What a stranger may know of an error: our own sentences, never the inside of a failure. */
function seen(error: unknown): { readonly status: number; readonly message: string } {
  const known = error instanceof Error && 'expose' in error && error.expose === true && 'status' in error
  if (known && typeof error.status === 'number') return { status: error.status, message: error.message }
  return { status: 500, message: 'Something failed inside; the log has the details.' }
}
