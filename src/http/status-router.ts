import Router from 'koa-router'
import { isHome } from './networks.ts'

export interface StatusDeps {
  /** The tree shown at `/status`; never a secret in it. */
  readonly status: () => Promise<Readonly<Record<string, unknown>>>
  /** Whether calls are watched and asked about at this moment, and why not. */
  readonly ready: () => { readonly ready: boolean; readonly why: string }
}

/** `/healthz` (the process lives), `/readyz` (it does its work), `/status[?path=a.b]` (how it does). All for the own network only. */
export function statusRouter({ status, ready }: StatusDeps): Router {
  const router = new Router()
  router.use(async (ctx, next) => {
    if (!isHome(ctx.req.socket.remoteAddress))
      ctx.throw(403, 'This page answers this machine and its own network only.')
    await next()
  })
  router.get('/healthz', (ctx) => {
    ctx.body = { alive: true }
  })
  router.get('/readyz', (ctx) => {
    const state = ready()
    ctx.status = state.ready ? 200 : 503
    ctx.body = state
  })
  router.get('/status', async (ctx) => {
    const path = typeof ctx.query['path'] === 'string' ? ctx.query['path'] : ''
    const found = branch(await status(), path)
    if (found === undefined) ctx.throw(404, `The status has no branch "${path.slice(0, 100)}".`)
    ctx.body = JSON.stringify(found, null, 2)
    ctx.type = 'application/json'
  })
  return router
}

function branch(tree: unknown, path: string): unknown {
  if (path === '') return tree
  return path
    .split('.')
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined),
      tree,
    )
}
